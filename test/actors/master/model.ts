/**
 * Model: a master's mind with a real allocation, machines that hold what they were sent, and schedulers
 * that know their offers. Messages between them wait until the test lets one through, so that they cross.
 */
import { allocate } from '../../../actors/allocator/allocate.js'
import { Allocation } from '../../../actors/allocator/allocation.js'
import { tasksOf } from '../../../actors/master/cluster.js'
import type { HeldTask } from '../../../actors/protocol/agent.js'
import type { AllocatorCall, ToldGrant } from '../../../actors/protocol/allocator.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { isTerminal, type TaskState } from '../../../actors/protocol/task.js'
import { seededRandom } from '../../../runtime/random.js'
import { agentInfo, agentRef, command, Desk, executed, executorsHeld, FRAMEWORK, schedulerRef } from './desk.js'

/** A machine and what its agent holds; it lives on when the agent does not. */
interface Machine {
  agentId: AgentId | undefined
  life: number
  up: boolean
  readonly tasks: Map<string, HeldTask>
}

export class Model {
  readonly desk = new Desk()
  allocation = new Allocation()
  private readonly tellings = new Map<AgentId, number>()
  private readonly random
  /** What the allocator has granted and the master has not heard of. */
  granted: ToldGrant[] = []
  /** What each machine runs: the launches that reached it, by launch id. */
  readonly machines = new Map<string, Machine>()
  readonly schedulers = new Map<string, { frameworkId: FrameworkId; life: number; up: boolean }>()
  private taskNumber = 0
  /** What was decided since the test last looked. */
  readonly records: LogRecord[] = []

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  dice(sides: number): number {
    return Math.floor(this.random.next() * sides)
  }

  pick<T>(items: Iterable<T>): T | undefined {
    const list = [...items]
    return list[this.dice(list.length)]
  }

  say(message: Parameters<Desk['say']>[0]): void {
    const before = this.desk.calls.length
    const decided = this.desk.say(message)
    this.records.push(...decided.records)
    for (const call of this.desk.calls.slice(before)) this.book(call)
    for (const { to, message: said } of decided.effects) this.deliver(to, said)
  }

  /** What the allocator's actor does, without its turns. */
  private book(call: AllocatorCall): void {
    const { allocation } = this
    switch (call.type) {
      case 'add-agent':
        allocation.addAgent(call.agent)
        this.tellings.set(call.agent.agentId, call.agent.telling)
        return
      case 'remove-agent': return allocation.removeAgent(call.agentId)
      case 'activate-agent': case 'deactivate-agent':
        return allocation.setAgentActive(call.agentId, call.type === 'activate-agent')
      case 'add-framework': return allocation.addFramework(call.framework)
      case 'remove-framework': return void allocation.removeFramework(call.frameworkId)
      case 'activate-framework': case 'deactivate-framework':
        return allocation.setFrameworkActive(call.frameworkId, call.type === 'activate-framework')
      case 'suppress-roles': return allocation.suppress(call.frameworkId, call.roles)
      case 'revive-roles': return allocation.revive(call.frameworkId, call.roles)
      case 'recover': {
        const { frameworkId, role, agentId, resources, refuseMs } = call
        allocation.recover(frameworkId, role, agentId, resources, refuseMs, this.desk.knowledge.now)
        return
      }
      case 'rebuild': throw new Error('only the actor rebuilds')
    }
  }

  run(): void {
    const grants = allocate(this.allocation, 'all', this.desk.knowledge.now, this.random)
    this.granted.push(...grants.map((grant) => ({ ...grant, telling: this.tellings.get(grant.agentId) ?? 0 })))
  }

  hear(): void {
    const grants = this.granted.splice(0)
    if (grants.length > 0) this.say({ type: 'allocated', grants })
  }

  /** Orders reach their machine, unless they are lost on the way. */
  private deliver(to: string, said: { readonly type: string }): void {
    for (const [name, machine] of this.machines) {
      if (to !== agentRef(name, `i${machine.life}`) || this.dice(10) === 0) continue
      // It is wiped, and joins as another.
      if (said.type === 'agent-refused') this.machines.delete(name)
      if (said.type === 'agent-registered') machine.agentId = (said as unknown as { agentId: AgentId }).agentId
      if (said.type === 'run-task') {
        const task = said as unknown as HeldTask
        if (!machine.tasks.has(task.launchId)) machine.tasks.set(task.launchId, { ...task, state: 'STAGING' })
      }
      if (said.type === 'shutdown-framework') {
        const { frameworkId } = said as unknown as { frameworkId: FrameworkId }
        for (const [launchId, task] of machine.tasks) {
          if (task.frameworkId === frameworkId) machine.tasks.delete(launchId)
        }
      }
    }
    for (const [name, scheduler] of this.schedulers) {
      if (to !== schedulerRef(name, `i${scheduler.life}`) || said.type !== 'subscribed') continue
      scheduler.frameworkId = (said as unknown as { frameworkId: FrameworkId }).frameworkId
    }
  }

  agentComes(name: string): void {
    const machine: Machine = this.machines.get(name) ?? { agentId: undefined, life: 0, up: false, tasks: new Map() }
    this.machines.set(name, machine)
    // A new life may come before the master has noticed that the old one is gone.
    if (!machine.up || this.dice(3) === 0) machine.life++
    machine.up = true
    const { agentId, tasks } = machine
    // Executors do not outlive their agent: their tasks are gone with it, or were never there.
    this.say({
      type: 'register-agent', agent: agentRef(name, `i${machine.life}`), info: agentInfo(),
      executors: executorsHeld([...tasks.values()]), tasks: [...tasks.values()], ...(agentId ? { agentId } : {}),
    })
  }

  agentGoes(name: string): void {
    const machine = this.machines.get(name)
    if (!machine?.up || !machine.agentId) return
    machine.up = false
    this.say({ type: 'agent-lost', agentId: machine.agentId, ref: agentRef(name, `i${machine.life}`) as never })
  }

  agentLeaves(name: string): void {
    const machine = this.machines.get(name)
    if (!machine?.up || !machine.agentId) return
    this.say({ type: 'unregister-agent', agentId: machine.agentId })
    this.machines.delete(name)
  }

  schedulerComes(name: string): void {
    const known = this.schedulers.get(name)
    if (known && this.dice(2) === 0) known.life++
    if (known) known.up = true
    if (!known) this.schedulers.set(name, { frameworkId: '' as FrameworkId, life: 1, up: true })
    const { frameworkId, life } = this.schedulers.get(name) ?? { frameworkId: '' as FrameworkId, life: 1 }
    const roles = ['*', ...this.dice(2) ? ['web'] : []] as Role[]
    this.say({
      type: 'subscribe', scheduler: schedulerRef(name, `i${life}`), ...(frameworkId ? { frameworkId } : {}),
      info: { ...FRAMEWORK, name, roles, failoverTimeoutMs: this.dice(2) * 1_000 },
    })
  }

  schedulerGoes(name: string): void {
    const scheduler = this.schedulers.get(name)
    if (!scheduler?.up || !scheduler.frameworkId) return
    scheduler.up = false
    const { frameworkId, life } = scheduler
    this.say({ type: 'scheduler-lost', frameworkId, ref: schedulerRef(name, `i${life}`) as never })
    this.forgetEnded(name, frameworkId)
  }

  teardown(name: string): void {
    const { frameworkId } = this.schedulers.get(name) ?? {}
    if (!frameworkId) return
    this.say({ type: 'teardown', frameworkId })
    this.forgetEnded(name, frameworkId)
  }

  private forgetEnded(name: string, frameworkId: FrameworkId): void {
    if (!this.desk.knowledge.cluster.frameworks.has(frameworkId)) this.schedulers.delete(name)
  }

  accept(): void {
    const { offers } = this.desk.knowledge.present
    const first = this.pick(offers.values())?.offer
    if (!first) return
    const own = [...offers.values()].map(({ offer }) => offer)
      .filter((offer) => offer.frameworkId === first.frameworkId)
    // Mostly what belongs together, now and then what does not.
    const ofOneAgent = own.filter((offer) => offer.agentId === first.agentId)
    const chosen = this.dice(3) > 0 ? ofOneAgent : [first, ...own.slice(0, 1)]
    const tasks = Array.from({ length: this.dice(4) }, () => {
      const id = this.dice(4) === 0 ? `t${this.dice(5)}` : `t${this.taskNumber++}`
      const size = { cpus: 0.5 + this.dice(4) / 2, mem: 256 * this.dice(8) + 1 }
      return this.dice(3) === 0 ? executed(id, `e${this.dice(2)}`, { cpus: 0.25, mem: 64 }) : command(id, size)
    })
    this.desk.knowledge.now++
    const offerIds = chosen.map((offer) => offer.offerId)
    this.say({
      type: 'accept', frameworkId: first.frameworkId, offerIds, operations: [{ type: 'launch', tasks }],
      ...(this.dice(2) ? { refuseMs: this.dice(200) } : {}),
    })
  }

  decline(): void {
    const offer = this.pick(this.desk.knowledge.present.offers.values())?.offer
    if (offer) this.say({ type: 'decline', frameworkId: offer.frameworkId, offerIds: [offer.offerId] })
  }

  /** A task takes a step on its machine, and the agent says so; or says again what it has said. */
  step(): void {
    const machine = this.pick([...this.machines.values()].filter((each) => each.agentId))
    const task = this.pick(machine?.tasks.values() ?? [])
    if (!machine?.agentId || !task) return
    const next: TaskState = isTerminal(task.state) ? task.state : this.dice(2) ? 'RUNNING' : 'FINISHED'
    const state = task.state === 'STAGING' || this.dice(3) > 0 ? next : task.state
    machine.tasks.set(task.launchId, { ...task, state })
    // What happens while nobody is connected is told when the agent is back.
    if (!machine.up) return
    const count = isTerminal(state) ? 2 : 1
    const shown: TaskState = isTerminal(state) && this.dice(3) === 0 ? 'RUNNING' : state
    const { frameworkId, launchId } = task
    const updateId = `${launchId}.${shown === state ? count : 1}` as never
    const update = {
      updateId, frameworkId, agentId: machine.agentId, launchId, taskId: task.task.taskId, state: shown,
      source: 'executor', atMs: 1,
    } as const
    this.say({ type: 'task-status', agentId: machine.agentId, update, latestState: state })
  }

  acknowledge(): void {
    const tasks = [...tasksOf(this.desk.knowledge.cluster)]
    const ended = this.pick(tasks.filter((task) => isTerminal(task.state) && task.updateId))
    if (!ended?.updateId) return
    const { frameworkId, agentId, updateId, launchId, task: { taskId } } = ended
    this.say({ type: 'acknowledge', frameworkId, agentId, taskId, updateId })
    for (const machine of this.machines.values()) if (this.dice(4) > 0) machine.tasks.delete(launchId)
  }

  executorExits(): void {
    const executor = this.pick(this.desk.knowledge.cluster.executors.values())
    const { agentId, frameworkId, executorId } = executor ?? {}
    const machine = [...this.machines.values()].find((each) => each.agentId === agentId)
    // Its tasks have ended with it; that they have is told later.
    for (const [launchId, held] of machine?.tasks ?? []) {
      const isIts = held.frameworkId === frameworkId && held.task.executor?.executorId === executorId
      if (isIts && !isTerminal(held.state)) machine?.tasks.set(launchId, { ...held, state: 'FAILED' })
    }
    if (executor) this.say({ type: 'executor-exited', ...executor })
  }
}
