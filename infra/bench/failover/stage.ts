/**
 * Stage: a cluster for the failover bench: real masters, emulated agents and frameworks in a few
 * processes, on a private RabbitMQ.
 */
import { within } from '../../amqp/connection.js'
import { Player } from '../players.js'
import type { AgentsWish } from '../programs/agents.js'
import type { Presence } from '../programs/roll.js'
import type { Return, TenantsWish } from '../programs/tenants.js'
import { Masters } from './masters.js'

/** Emulated agents of one process: more, and its one thread would be what is measured. */
const AGENTS_PER_PROCESS = 250
const CLUSTER = 'bench'
/** A wait of longer means that something was lost on the way, which a bench must not hide. */
const RETURN_TIMEOUT_MS = 60_000
const SETTLE_TIMEOUT_MS = 180_000

export interface StageOptions {
  readonly urls: readonly string[]
  readonly masters: readonly string[]
  /** The brokers of one master; all of them unless given. */
  readonly urlsOf?: (name: string) => readonly string[]
  readonly agents: number
  readonly tenants: number
  /** Standing tasks for each agent. */
  readonly tasksPerAgent: number
  readonly progress: (text: string) => void
}

/** When everything was back, in milliseconds since the leader failed. */
export interface Timeline {
  /** Another master leads. */
  readonly elected: number
  readonly agents: number
  readonly tenants: number
  readonly offered: number
  readonly launched: number
  /** All of it. */
  readonly total: number
}

export class Stage {
  readonly masters: Masters
  private readonly agents: readonly Player[]
  private readonly tenants = new Player('tenants')

  private constructor(private readonly options: StageOptions) {
    const { urls, urlsOf = () => urls, masters: names } = options
    this.masters = new Masters({ cluster: CLUSTER, names, urlsOf })
    const processes = Math.ceil(options.agents / AGENTS_PER_PROCESS)
    this.agents = Array.from({ length: processes }, () => new Player('agents'))
  }

  static async open(options: StageOptions): Promise<Stage> {
    const stage = new Stage(options)
    try {
      await stage.begin()
      return stage
    } catch (error) {
      await stage.close()
      throw error
    }
  }

  /** Makes the leader fail, and tells when everything was back. */
  async failover(fail: () => void): Promise<Timeline> {
    const { agents, tenants, masters } = this
    await Promise.all([...agents, tenants].map((player) => player.call('arm')))
    const next = masters.succession()
    const beganMs = Date.now()
    fail()
    const [{ atMs }, back, ...present] = await within(RETURN_TIMEOUT_MS, 'everybody coming back', Promise.all([
      next, tenants.call<Return>('back'), ...agents.map((player) => player.call<Presence>('back')),
    ]))
    const milestones = {
      elected: atMs - beganMs, agents: Math.max(...present.map(({ lastMs }) => lastMs)) - beganMs,
      tenants: back.subscribed.lastMs - beganMs, offered: back.offered.firstMs - beganMs,
      launched: back.launched.firstMs - beganMs,
    }
    return { ...milestones, total: Math.max(...Object.values(milestones)) }
  }

  /** Resolves when nothing is under way any more. */
  async quiet(): Promise<void> {
    await within(RETURN_TIMEOUT_MS, 'the brief tasks', this.tenants.call('ended'))
    await this.masters.agreed()
  }

  async close(): Promise<void> {
    await this.masters.close()
    await Promise.all([...this.agents, this.tenants].map((player) => player.close()))
  }

  private async begin(): Promise<void> {
    const { urls, agents, tenants, tasksPerAgent, progress } = this.options
    await this.masters.open()
    const common = { urls, cluster: CLUSTER }
    progress(`failover: ${agents} agents and ${tenants} frameworks join`)
    await Promise.all(this.agents.map((player, index) => {
      const first = index * AGENTS_PER_PROCESS
      const count = Math.min(AGENTS_PER_PROCESS, agents - first)
      return player.call('open', { ...common, first, count } satisfies AgentsWish)
    }))
    await this.tenants.call('open', { ...common, count: tenants } satisfies TenantsWish)
    progress(`failover: ${agents * tasksPerAgent} tasks begin`)
    const settled = this.tenants.call('settle', Math.round(agents * tasksPerAgent / tenants))
    await within(SETTLE_TIMEOUT_MS, 'launching the standing tasks', settled)
    await this.masters.agreed()
  }
}
