/**
 * Simulated cluster: real behaviours of every role under the seeded scheduler, over a simulated network,
 * with virtual time. Nothing happens but what the seed and the test decide.
 */
import { agent } from '../../actors/agent/agent.js'
import type { Message as AgentMessage } from '../../actors/agent/state.js'
import { allocator } from '../../actors/allocator/allocator.js'
import { POLICY } from '../../actors/allocator/eligibility.js'
import { commandExecutor } from '../../actors/executor/command-executor.js'
import { processExecutor } from '../../actors/executor/process-executor.js'
import { master } from '../../actors/master/master.js'
import type { Message as MasterMessage } from '../../actors/master/messages.js'
import { registrar } from '../../actors/master/registrar.js'
import { AGENT_PATH } from '../../actors/protocol/executor.js'
import type { FrameworkId, Role } from '../../actors/protocol/ids.js'
import type { JournalEntry } from '../../actors/protocol/journal.js'
import { LEADER_PATH, MASTER_PATH } from '../../actors/protocol/leadership.js'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { OperatorAnswer, OperatorCall, View, ViewName } from '../../actors/protocol/operator.js'
import { registry } from '../../actors/protocol/registry.js'
import { of } from '../../actors/resources/amounts.js'
import type { Framework } from '../../actors/scheduler/framework.js'
import { scheduler } from '../../actors/scheduler/scheduler.js'
import type { OwnerEvent } from '../../actors/scheduler/state.js'
import { VirtualClock } from '../../infra/memory/clock.js'
import { MemoryElection } from '../../infra/memory/election.js'
import { memoryLog } from '../../infra/memory/log.js'
import { SimulatedMachine } from '../../infra/memory/machine.js'
import { SimulatedNetwork } from '../../infra/memory/network.js'
import { SeededTurns } from '../../infra/memory/seeded-turns.js'
import { MemoryStream } from '../../infra/memory/stream.js'
import { nodeAddress, type NodeKind, type Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import type { Logger, LogLevel } from '../../runtime/logger.js'
import { seededRandom } from '../../runtime/random.js'
import { System } from '../../runtime/system.js'
import type { Turns } from '../../runtime/turns.js'

/** Steps without an end mean a livelock. */
const STEPS_MAX = 2_000_000

export interface ClusterOptions {
  readonly seed?: number
  readonly weights?: Readonly<Record<string, number>>
  readonly shareOffers?: boolean
  /** What masters write before the next snapshot; as in earnest unless given. */
  readonly snapshotWeightMin?: number
}

export interface SimulatedAgent {
  readonly system: System
  readonly machine: SimulatedMachine
  readonly journal: (request: LogRequest<JournalEntry>) => void
  readonly ref: Ref<AgentMessage>
}

export class SimulatedCluster {
  readonly clock = new VirtualClock()
  readonly random
  readonly network
  /** What the masters share. */
  readonly log = new MemoryStream<LogEntry>()
  readonly election = new MemoryElection()
  readonly errors: string[] = []
  readonly owners: OwnerEvent[] = []
  private readonly turns
  /** What the end of a node means for its place in the election. */
  private readonly ends = new Map<System, () => void>()
  private nodes = 0
  private masterRef: Ref<MasterMessage> | undefined
  private masterSystem: System | undefined

  constructor(readonly options: ClusterOptions = {}) {
    this.random = seededRandom(options.seed ?? 1)
    this.network = new SimulatedNetwork(this.random)
    this.turns = new SeededTurns(this.random)
  }

  /** Starts a master; it leads if nobody does, and follows otherwise. */
  async master(allocatorOf = allocator, name = 'm1'): Promise<Ref<MasterMessage>> {
    const system = await this.node('master', name)
    const stream = system.port('stream', this.log.port((to, event) => system.tell(to, event)))
    const candidate = this.election.port((to, event) => system.tell(to, event))
    this.ends.set(system, candidate.end)
    const election = system.port('election', candidate.handle)
    const { weights = {}, shareOffers = false, snapshotWeightMin } = this.options
    const byRole = new Map(Object.entries(weights)) as Map<Role, number>
    this.masterSystem = system
    this.masterRef = system.spawn(MASTER_PATH, master({
      registrar: registrar({
        cluster: 'simulated', name, stream, election, ...(snapshotWeightMin ? { snapshotWeightMin } : {}),
      }),
      allocator: (ref) => allocatorOf({ master: ref, weights: byRole, policy: { ...POLICY, shareOffers } }),
    }))
    return this.masterRef
  }

  /** Starts an agent, or with `before` the next life of one on the same machine with the same journal. */
  async agent(
    name: string, resources: Parameters<typeof of>[0], before?: SimulatedAgent, bootId = 'boot',
  ): Promise<SimulatedAgent> {
    const system = await this.node('agent', name)
    const machine = before?.machine ?? new SimulatedMachine((to, message) => system.tell(to, message as never))
    machine.tell = (to, message) => system.tell(to, message as never)
    const journal = before?.journal ?? memoryLog<JournalEntry>((to, event) => machine.tell(to, event))
    const ref = system.spawn(AGENT_PATH, agent({
      info: { hostname: name, resources: of(resources), attributes: {}, bootId },
      journal: system.port('journal', journal),
      launcher: system.port('launcher', machine.launcher),
      output: system.port('output', machine.output),
      executors: {
        command: commandExecutor,
        process: (wish) => processExecutor({
          ...wish, modules: { program: (file) => ({ argv: [file] }), environment: () => ({}) },
        }),
      },
    }))
    return { system, machine, journal, ref }
  }

  /** Starts a framework, or with an id the next life of one. */
  async framework<State>(definition: Framework<State>, frameworkId?: FrameworkId): Promise<System> {
    const system = await this.node('framework', definition.name)
    const resume: { frameworkId?: FrameworkId } = frameworkId ? { frameworkId } : {}
    const owner = system.port<OwnerEvent>('owner', (event) => {
      this.owners.push(event)
      if (event.type === 'subscribed') resume.frameworkId = event.frameworkId
    })
    system.spawn(LEADER_PATH.framework, scheduler(definition, Object.assign(resume, { user: 'tester', owner })))
    return system
  }

  /** Tells an agent to leave; whether it does so at once. */
  leave({ system, ref }: SimulatedAgent): boolean {
    let left = false
    const replyTo = system.port<{ readonly type: 'left' }>(`leaver-${this.nodes++}`, () => {
      left = true
    })
    system.tell(ref, { type: 'leave', replyTo })
    this.settle()
    return left
  }

  kill(system: System): void {
    this.network.kill(system.node)
    void system.stop()
    this.ends.get(system)?.()
  }

  /** The node of the master that was started last. */
  get lastMaster(): System {
    return this.masterSystem as System
  }

  /** Runs all that can run without time passing. */
  settle(): void {
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const first = this.random.next() < 0.5
      const moved = first ? this.turns.step() || this.network.step() : this.network.step() || this.turns.step()
      if (!moved) return
    }
    throw new Error('the cluster does not come to rest')
  }

  /** Lets time pass, alarm by alarm. */
  advance(ms: number): void {
    const until = this.clock.now() + ms
    this.settle()
    while (this.clock.step(until)) this.settle()
    this.clock.moveTo(until)
  }

  /** What an operator would be shown. */
  list(what: ViewName): readonly View[] {
    const answer = this.operate((replyTo) => ({ type: 'list', what, replyTo }))
    if (answer.type !== 'views') throw new Error(`the master answered '${answer.type}'`)
    return answer.views
  }

  /** What the master that was started last answers an operator. */
  operate(question: (replyTo: Ref<OperatorAnswer>) => OperatorCall): OperatorAnswer {
    const answers: OperatorAnswer[] = []
    const system = this.masterSystem as System
    const replyTo = system.port<OperatorAnswer>(`operator-${this.nodes++}`, (answer) => void answers.push(answer))
    system.tell(this.masterRef as Ref<MasterMessage>, question(replyTo))
    this.settle()
    const [answer] = answers
    if (!answer) throw new Error('the master did not answer')
    return answer
  }

  /** The turns are everybody's: a node that stops must not end those of the others. */
  private ownTurns(): Turns {
    const { turns } = this
    return {
      get beat() { return turns.beat },
      open: (...place) => turns.open(...place),
      close: () => undefined,
    }
  }

  private async node(kind: NodeKind, name: string): Promise<System> {
    const self = nodeAddress(kind, name, `i${this.nodes++}`)
    const system = new System(self, {
      turns: this.ownTurns(), clock: this.clock, random: this.random, logger: this.logger(self), registry,
      collapsed: (actor, error) => {
        throw new Error(`${actor} collapsed: ${String(error)}`)
      },
    })
    await system.join(this.network.connect(self))
    return system
  }

  private logger(node: string): Logger {
    return {
      log: (level: LogLevel, text, fields) => {
        if (level === 'error') this.errors.push(`${node} ${text} ${JSON.stringify(fields)}`)
      },
    }
  }
}
