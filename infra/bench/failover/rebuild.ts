/**
 * Rebuild: how long a master takes that has nothing but the log, and how much memory one needs that only
 * follows: 10,000 agents, 100,000 tasks that run.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS } from '../../amqp/connection.js'
import { openLogStream } from '../../amqp/log-stream.js'
import { startPrivateBroker } from '../../amqp/private-broker.js'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { refOf, type NodeAddress, type Ref } from '../../../runtime/address.js'
import type { StreamEvent } from '../../../runtime/stream.js'
import { figureOf, type Figure } from '../figure.js'
import { logOf, piecesOf, type Size } from '../log-of.js'
import { withPlayers, type Player } from '../players.js'
import type { Rebuilt } from '../programs/rebuild.js'
import { Masters } from './masters.js'

const CLUSTER = 'bench'
const MEBIBYTE = 1_048_576
const KIBIBYTES_PER_MEBIBYTE = 1_024

type Progress = (text: string) => void

export async function rebuildFromFile(size: Size, progress: Progress): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'warren-bench-'))
  const path = join(directory, 'log')
  try {
    progress(`failover: writing a log of ${size.agents} agents and ${size.tasks} tasks`)
    // Who rebuilds has not written: its memory is that of a master alone.
    await withPlayers(['rebuild'], ([writer]) => (writer as Player).call('write', { path, size }))
    const rebuilt = await withPlayers(['rebuild'], ([master]) => (master as Player).call<Rebuilt>('rebuild', path))
    return rowsOf(size, 'a file', rebuilt.ms / 1_000, rebuilt.rssBytes / MEBIBYTE)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export async function rebuildFromBroker(size: Size, progress: Progress): Promise<Figure[]> {
  const broker = await startPrivateBroker()
  const masters = new Masters({ cluster: CLUSTER, names: ['m1'], urlsOf: () => [broker.url] })
  try {
    progress(`failover: writing a log of ${size.agents} agents and ${size.tasks} tasks into a stream`)
    await writeStream(broker.url, size)
    const beganMs = Date.now()
    const first = masters.succession()
    await masters.start('m1')
    const seconds = ((await first).atMs - beganMs) / 1_000
    const standby = await masters.start('m2')
    await masters.agreed()
    return rowsOf(size, 'a stream of RabbitMQ, its process included', seconds, residentMebibytes(standby.process.pid))
  } finally {
    await masters.close()
    await broker.stop()
  }
}

function rowsOf({ agents, tasks }: Size, from: string, seconds: number, mebibytes: number): Figure[] {
  const row = `rebuild of ${agents} agents and ${tasks} tasks from ${from}`
  return [
    figureOf({ bench: 'failover', row, unit: 's' }, [seconds]),
    figureOf({ bench: 'failover', row: `${row}: memory`, unit: 'MiB' }, [mebibytes]),
  ]
}

/** Resolves when all has been read back. */
async function writeStream(url: string, size: Size): Promise<void> {
  let read = 0
  let reached: () => void = () => undefined
  const tell = (_to: unknown, event: StreamEvent<LogEntry>): void => {
    if (event.type === 'stream-entries') read += event.entries.length
    reached()
  }
  const stream = await openLogStream({
    urls: [url], cluster: CLUSTER, name: 'writer', tell, connectTimeoutMs: CONNECT_TIMEOUT_MS,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  })
  const replyTo: Ref<StreamEvent<LogEntry>> = refOf('master-writer@1' as NodeAddress, 'registrar')
  stream.handle({ type: 'read', from: 0, reading: 1, replyTo })
  let written = 0
  for (const entries of piecesOf(logOf(CLUSTER, size))) {
    stream.handle({ type: 'add', entries })
    written += entries.length
    while (read < written) {
      await new Promise<void>((resolve) => {
        reached = resolve
      })
    }
  }
  await stream.close()
}

function residentMebibytes(pid: number): number {
  const [, kibibytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) / KIBIBYTES_PER_MEBIBYTE
}
