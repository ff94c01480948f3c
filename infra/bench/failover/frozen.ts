/**
 * Frozen: how long a cluster is without a leader whose process, or whose broker, stands still: nothing is
 * closed, so nobody is told, and only silence shows it.
 */
import { startPrivateBroker } from '../../amqp/private-broker.js'
import { NET_TICK_SECONDS, startPrivateCluster } from '../../amqp/private-cluster.js'
import { figureOf, type Figure } from '../figure.js'
import { killed } from './masters.js'
import { Stage, type Timeline } from './stage.js'

const MASTERS = ['m1', 'm2', 'm3']
const LEADER_WANTED_MS = 3_500
const BROKER_WANTED_MS = 15_000
/** As `infra/README.md` advises: a server that is asked to greet one that stands still does nothing else meanwhile. */
const NET_SETUP_SECONDS = 2

export interface FrozenOptions {
  readonly agents: number
  readonly tenants: number
  readonly tasksPerAgent: number
  readonly times: number
  readonly progress: (text: string) => void
}

export async function frozenLeader(options: FrozenOptions): Promise<Figure[]> {
  const { agents, times, progress } = options
  const broker = await startPrivateBroker()
  let stage: Stage | undefined
  try {
    stage = await Stage.open({ ...options, urls: [broker.url], masters: MASTERS })
    const timelines: Timeline[] = []
    for (let time = 1; time <= times; time++) {
      const { leader } = stage.masters
      const timeline = await stage.failover(() => process.kill(leader.process.pid, 'SIGSTOP'))
      progress(`failover: leader frozen, ${time} of ${times}: ${timeline.total} ms`)
      timelines.push(timeline)
      await killed(leader)
      await stage.masters.start(leader.name)
      await stage.quiet()
    }
    return rowsOf(`leader frozen, ${agents} agents`, timelines, LEADER_WANTED_MS)
  } finally {
    await stage?.close()
    await broker.stop()
  }
}

/** Three brokers; each master has one of them, everybody else all. */
export async function frozenBroker(options: FrozenOptions): Promise<Figure[]> {
  const { agents, progress } = options
  const brokers = await startPrivateCluster(MASTERS.length, { netSetupSeconds: NET_SETUP_SECONDS })
  const placeOf = (master: string): number => MASTERS.indexOf(master)
  let stage: Stage | undefined
  try {
    stage = await Stage.open({
      ...options, urls: brokers.urls, masters: MASTERS, urlsOf: (name) => [brokers.urls[placeOf(name)] ?? ''],
    })
    const frozen = brokers.servers[placeOf(stage.masters.leader.name)]
    const timeline = await stage.failover(() => frozen?.pause())
    progress(`failover: the leader's broker frozen: ${timeline.total} ms`)
    frozen?.resume()
    const settings = `net_ticktime ${NET_TICK_SECONDS}, net_setuptime ${NET_SETUP_SECONDS}`
    return rowsOf(`the leader's broker of three frozen (${settings}), ${agents} agents`, [timeline], BROKER_WANTED_MS)
  } finally {
    await stage?.close()
    await brokers.stop()
  }
}

function rowsOf(row: string, timelines: readonly Timeline[], wantedMs: number): Figure[] {
  const common = { bench: 'failover', unit: 'ms' }
  return [
    figureOf({ ...common, row: `${row}: all back, first task launched`, wanted: { p50: wantedMs, p99: wantedMs } },
      timelines.map(({ total }) => total)),
    figureOf({ ...common, row: `${row}: another leads` }, timelines.map(({ elected }) => elected)),
  ]
}
