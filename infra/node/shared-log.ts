/**
 * Shared log: where the masters of a cluster write down what they decide, and how they find who should
 * lead. In memory for a cluster that lives as long as its process, in a file for one that is started
 * again in the same directory; over RabbitMQ (`infra/amqp/`) for masters that stand in for each other.
 */
import { dirname } from 'node:path'
import { mkdirSync } from 'node:fs'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { ElectionRequest } from '../../actors/protocol/registrar.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamRequest } from '../../runtime/stream.js'
import { reasonOf } from '../disk/reason.js'
import { WorkDirectoryError } from '../disk/work-directory.js'
import { MemoryElection } from '../memory/election.js'
import { MemoryStream } from '../memory/stream.js'
import { FileLog } from './file-log.js'

export interface SharedLog {
  readonly stream: (request: StreamRequest<LogEntry>) => void
  readonly election: (request: ElectionRequest) => void
  /** Leaves the election first, so that the next master need not wait. */
  close(): Promise<void>
}

/** Opens a master's way to it. `tell` brings what its ports answer. */
export type OpenSharedLog = (tell: Tell) => Promise<SharedLog>
type Tell = <Event>(to: Ref<Event>, event: NoInfer<Event>) => void

/** For one master, whose beats nobody hears; forgotten with its process. */
export function memoryLog(): OpenSharedLog {
  const stream = new MemoryStream<LogEntry>()
  const election = new MemoryElection()
  return async (tell) => {
    const candidate = election.port(tell)
    return {
      stream: unbeaten(stream.port(tell)), election: candidate.handle,
      close: async () => candidate.end(),
    }
  }
}

/**
 * For one master at a time, which its work directory sees to. An entry is read back when it is on disk.
 * Opening throws a `WorkDirectoryError` when the file is no log, is damaged, or was written by a newer Warren.
 * @param warn hears, for its operator, what the disk refuses
 */
export function fileLog(path: string, warn: (text: string) => void = () => undefined): OpenSharedLog {
  return async (tell) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = await FileLog.open(path, warn).catch((error: unknown) => {
      const help = 'restore it, or move it away to found the cluster anew'
      throw new WorkDirectoryError(`the log of the cluster cannot be read: ${reasonOf(error)}; ${help}`)
    })
    const candidate = new MemoryElection().port(tell)
    return {
      election: candidate.handle,
      stream: unbeaten(file.port(tell)),
      async close() {
        candidate.end()
        await file.close()
      },
    }
  }
}

/** A log of one master need not be told every second that it lives, let alone for ever. */
function unbeaten(stream: SharedLog['stream']): SharedLog['stream'] {
  return (request) => {
    if (request.type !== 'add') return stream(request)
    const entries = request.entries.filter(({ type }) => type !== 'log-beat')
    if (entries.length > 0) stream({ type: 'add', entries })
  }
}
