/** Rebuild: a master that finds in its log, in a file, what the cluster is; no broker, no peers. */
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { openJournal, type JournalEvent } from '../../agent/journal.js'
import { packEntry, unpackEntry } from '../../entry-codec.js'
import { memoryHub } from '../../memory/link.js'
import { openMasterNode } from '../../node/master-node.js'
import { fileLog } from '../../node/shared-log.js'
import type { Ref } from '../../../runtime/address.js'
import { logOf, piecesOf, type Size } from '../log-of.js'
import { play } from './play.js'

const CLUSTER = 'bench'

export interface Rebuilt {
  readonly ms: number
  readonly rssBytes: number
}

play({
  /** Resolves when all is on disk. */
  async write({ path, size }: { path: string; size: Size }): Promise<void> {
    let settle: (event: JournalEvent) => void = () => undefined
    const journal = await openJournal<LogEntry>({
      path, encode: packEntry, decode: unpackEntry<LogEntry>, tell: (_to, event) => settle(event),
    })
    for (const entries of piecesOf(logOf(CLUSTER, size))) {
      await new Promise<void>((resolve, reject) => {
        settle = (event) => (event.type === 'journaled' ? resolve() : reject(new Error(event.reason)))
        journal.request({ type: 'append', entries, token: 0, replyTo: '' as Ref<JournalEvent> })
      })
    }
    await journal.close()
  },
  async rebuild(path: string): Promise<Rebuilt> {
    let leads: () => void = () => undefined
    const leading = new Promise<void>((resolve) => {
      leads = resolve
    })
    const logger = { log: (_level: string, text: string) => (text === 'leading' ? leads() : undefined) }
    const beganMs = performance.now()
    const node = await openMasterNode({
      name: 'm1', cluster: CLUSTER, openLink: memoryHub().open, openLog: fileLog(path), logger,
    })
    await node.begin()
    await leading
    return { ms: performance.now() - beganMs, rssBytes: process.memoryUsage().rss }
  },
})
