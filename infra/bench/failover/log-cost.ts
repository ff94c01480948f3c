/** Log cost: what it adds to a launch that the master's decision has to be written down and read back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPrivateBroker } from '../../amqp/private-broker.js'
import { figureOf, type Figure } from '../figure.js'
import { withPlayers, type Player } from '../players.js'
import type { LogChoice } from '../programs/launch-path.js'

/** Launches before those that count. */
const WARM_UP = 50

export async function* logCost(launches: number, progress: (text: string) => void): AsyncGenerator<Figure> {
  const measured = async (what: string, log: LogChoice): Promise<Figure> => {
    progress(`failover: ${launches} launches, ${what}`)
    const latencies = await withPlayers(['launch-path'], ([player]) =>
      (player as Player).call<number[]>('measure', { log, count: launches + WARM_UP }))
    return figureOf({ bench: 'failover', row: `accept to start of process, ${what}`, unit: 'ms' },
      latencies.slice(WARM_UP))
  }
  yield await measured('log in memory', { type: 'memory' })
  const directory = mkdtempSync(join(tmpdir(), 'warren-bench-'))
  try {
    yield await measured('log in a file', { type: 'file', path: join(directory, 'log') })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
  const broker = await startPrivateBroker()
  try {
    yield await measured('log on RabbitMQ', { type: 'broker', url: broker.url })
  } finally {
    await broker.stop()
  }
}
