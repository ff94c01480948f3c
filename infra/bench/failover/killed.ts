/** Killed: how long a cluster is without a leader, and without each other part, when its leader dies at once. */
import { startPrivateBroker } from '../../amqp/private-broker.js'
import { figureOf, type Figure, type Wanted } from '../figure.js'
import { killed } from './masters.js'
import { Stage, type Timeline } from './stage.js'

const MASTERS = ['m1', 'm2', 'm3']
/** Of the paper of 2011: 200 slaves and 400 tasks on as many EC2 nodes, over ZooKeeper. */
const MESOS = "Mesos's paper has 4,000 to 8,000 ms"

export interface KilledOptions {
  readonly agents: number
  readonly tenants: number
  readonly tasksPerAgent: number
  readonly kills: number
  readonly wanted: Wanted | undefined
  readonly progress: (text: string) => void
}

export async function killedLeader(options: KilledOptions): Promise<Figure[]> {
  const { kills, agents, tenants, progress, wanted } = options
  const broker = await startPrivateBroker()
  let stage: Stage | undefined
  try {
    stage = await Stage.open({ ...options, urls: [broker.url], masters: MASTERS })
    const timelines: Timeline[] = []
    for (let kill = 1; kill <= kills; kill++) {
      const { masters } = stage
      const { leader } = masters
      const timeline = await stage.failover(() => void killed(leader))
      progress(`failover: kill ${kill} of ${kills}: ${described(timeline)}`)
      timelines.push(timeline)
      await masters.start(leader.name)
      await stage.quiet()
    }
    const of = `${agents} agents, ${tenants} frameworks`
    const figure = (what: string, value: (timeline: Timeline) => number) =>
      figureOf({ bench: 'failover', row: `leader killed, ${of}: ${what}`, unit: 'ms' }, timelines.map(value))
    return [
      {
        ...figure('all back, first task launched', ({ total }) => total),
        ...(wanted ? { wanted } : {}), beside: MESOS,
      },
      figure('another leads', ({ elected }) => elected),
      figure('every agent back', (timeline) => timeline.agents),
      figure('every framework back', (timeline) => timeline.tenants),
      figure('first offer', ({ offered }) => offered),
      figure('first launch', ({ launched }) => launched),
    ]
  } finally {
    await stage?.close()
    await broker.stop()
  }
}

const described = ({ total, ...milestones }: Timeline): string =>
  `${total} ms (${Object.entries(milestones).map(([name, ms]) => `${name} ${ms}`).join(', ')})`
