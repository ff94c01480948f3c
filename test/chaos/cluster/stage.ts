/**
 * Stage: a whole cluster of real processes on this machine, over a RabbitMQ of its own: masters, agents behind
 * proxies that can be frozen, and for each round frameworks that keep them busy.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PrivateCluster, startPrivateCluster } from '../../../infra/amqp/private-cluster.js'
import { ProcessGroups } from '../../../infra/amqp/process-groups.js'
import { command } from '../../../infra/cli/master.js'
import { Freezer } from '../../support/freezer.js'
import type { LoadSettings } from './load-node.js'
import { Member } from './member.js'
import { Sweeper } from './sweeper.js'

const LAUNCHER = fileURLToPath(new URL('../../../../infra/bin/warren.mjs', import.meta.url))
const LOAD = fileURLToPath(new URL('load-node.js', import.meta.url))
const EXECUTOR = fileURLToPath(new URL('load-executor.js', import.meta.url))
export const CLUSTER = 'chaos'
export const RESOURCES = 'cpus:2;mem:512;disk:100;ports:[31000-31004]'
/** A delivery that is held for longer costs its channel. RabbitMQ's own half hour would never be met here. */
export const CONSUMER_TIMEOUT_MS = 15_000
const HAS_AGENT_TIMEOUT = command.options.some(({ flags }) => flags.startsWith('--agent-timeout'))

export interface StageSettings {
  readonly brokers: number
  readonly masters: number
  readonly agents: number
  readonly frameworks: number
  /** Whether the first framework brings an executor of its own; each is one more process at each agent. */
  readonly executors: boolean
  /** After how long masters give up an agent, such as `20s`; their own 75 s unless given. */
  readonly agentTimeout?: string
}

export class Master extends Member {
  async url(): Promise<string> {
    const [, url = ''] = await this.saying(/"url":"(http:\/\/127\.0\.0\.1:\d+)"/)
    return url
  }
}

export class Load extends Member {
  constructor(
    settings: ConstructorParameters<typeof Member>[0], groups: ProcessGroups, readonly load: LoadSettings,
  ) {
    super(settings, groups)
  }
}

export class Stage {
  readonly masters: Master[] = []
  readonly agents: Member[] = []
  /** Of the present round. */
  frameworks: Load[] = []
  /** The ways of each agent to the brokers. */
  readonly ways = new Map<string, readonly Freezer[]>()
  private readonly groups: ProcessGroups
  private readonly sweeper: Sweeper
  private closed: Promise<void> | undefined

  private constructor(
    readonly settings: StageSettings, readonly directory: string, readonly brokers: PrivateCluster,
  ) {
    mkdirSync(join(directory, 'own'))
    this.groups = new ProcessGroups(join(directory, 'own'))
    this.sweeper = new Sweeper(directory)
  }

  static async open(settings: StageSettings): Promise<Stage> {
    const brokers = await startPrivateCluster(settings.brokers, {
      rabbit: { consumer_timeout: CONSUMER_TIMEOUT_MS, channel_tick_interval: 1_000 },
    })
    const stage = new Stage(settings, mkdtempSync(join(tmpdir(), 'warren-chaos-')), brokers)
    try {
      await stage.begin()
      return stage
    } catch (error) {
      await stage.close(false)
      throw error
    }
  }

  get isThere(): readonly Member[] {
    return [...this.masters, ...this.agents, ...this.frameworks]
  }

  workDir(agent: Member): string {
    return join(this.directory, agent.name)
  }

  /** What a round leaves: a history for each framework, and one witness for all tasks. */
  witnessPath(round: number): string {
    return join(this.directory, `witness.${round}`)
  }

  startLoad(round: number, seed: number): void {
    if (this.closed !== undefined) throw new Error('the stage is closed')
    this.frameworks = Array.from({ length: this.settings.frameworks }, (_, index) => {
      const name = `f${index + 1}r${round}`
      const load: LoadSettings = {
        cluster: CLUSTER, name, seed: seed + index, liveMax: 12, witnessPath: this.witnessPath(round),
        historyPath: join(this.directory, `${name}.history`),
        ...(index === 0 && this.settings.executors ? { executorFile: EXECUTOR } : {}),
      }
      return new Load(this.nodeOf(name, [LOAD, JSON.stringify(load)], this.brokers.urls), this.groups, load)
    })
    for (const framework of this.frameworks) framework.start()
  }

  /** @param keeps whether what it has written stays on disk */
  close(keeps: boolean): Promise<void> {
    this.closed ??= this.end(keeps)
    return this.closed
  }

  private async end(keeps: boolean): Promise<void> {
    for (const member of this.isThere) member.retire()
    await this.groups.end()
    for (const freezers of this.ways.values()) for (const freezer of freezers) freezer.stop()
    await this.sweeper.sweep()
    await this.brokers.stop()
    if (!keeps) rmSync(this.directory, { recursive: true, force: true })
  }

  private async begin(): Promise<void> {
    const { masters, agents, agentTimeout } = this.settings
    const timeout = agentTimeout === undefined || !HAS_AGENT_TIMEOUT ? [] : ['--agent-timeout', agentTimeout]
    for (let index = 1; index <= masters; index++) {
      const args = [
        LAUNCHER, 'master', '--cluster', CLUSTER, '--name', `m${index}`, '--port', '0', '--share-offers', ...timeout,
      ]
      this.masters.push(new Master(this.nodeOf(`m${index}`, args, this.brokers.urls), this.groups))
    }
    for (let index = 1; index <= agents; index++) {
      const name = `a${index}`
      const ways = await Promise.all(this.brokers.urls.map((url) => Freezer.before(url)))
      this.ways.set(name, ways.map(({ freezer }) => freezer))
      const args = [
        LAUNCHER, 'agent', '--cluster', CLUSTER, '--name', name, '--hostname', name, '--port', '0', '--resources',
        RESOURCES, '--work-dir', join(this.directory, name),
      ]
      this.agents.push(new Member(this.nodeOf(name, args, ways.map(({ url }) => url)), this.groups))
    }
    for (const node of [...this.masters, ...this.agents]) node.start()
  }

  private nodeOf(name: string, argv: readonly string[], urls: readonly string[]) {
    const own = Object.entries(process.env).filter(([key]) => !/^(WARREN|AMQP|NODE)_/.test(key))
    const environment = {
      ...Object.fromEntries(own) as Record<string, string>,
      XDG_STATE_HOME: this.directory, WARREN_BROKER: urls.join(','),
    }
    return { name, directory: this.directory, argv, environment }
  }
}
