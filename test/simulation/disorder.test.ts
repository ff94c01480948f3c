import assert from 'node:assert/strict'
import test from 'node:test'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import type { AgentView, TaskView } from '../../actors/protocol/operator.js'
import { isTerminal, type StatusUpdate } from '../../actors/protocol/task.js'
import { framework, type FrameworkContext } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import type { System } from '../../runtime/system.js'
import { SimulatedCluster, type SimulatedAgent } from '../support/simulated-cluster.js'

const MACHINE = { cpus: 4, mem: 1024 }
const STEPS = 60

/** What one framework has heard of its tasks; it lives on when its scheduler does not. */
interface Ledger {
  readonly updates: StatusUpdate[]
  frameworkId: FrameworkId | undefined
  next: number
  /** Takes no more offers. */
  closing: boolean
}

function onUpdate(ledger: Ledger, update: StatusUpdate, chance: () => number, ctx: FrameworkContext): void {
  // A scheduler that comes back may hear again what its earlier life has heard, and acknowledged in vain.
  const { updateId } = update
  if (updateId && ledger.updates.some((known) => known.updateId === updateId)) return
  ledger.updates.push(update)
  if (update.state === 'RUNNING' && chance() < 0.2) ctx.kill(update.taskId)
}

/** Takes what it is offered, a part of it each time, and now and then kills what it runs. */
const greedy = (name: string, ledger: Ledger, chance: () => number) => framework<null>({
  name, failoverTimeoutMs: 10_000_000,
  initial: () => null,
  receive(state, event, ctx) {
    if (event.type === 'subscribed') ledger.frameworkId = event.frameworkId
    if (event.type === 'update') onUpdate(ledger, event.update, chance, ctx)
    if (event.type !== 'offers') return state
    for (const offer of event.offers) {
      const room = Math.floor((offer.resources.scalars['cpus'] ?? 0) / 1_000)
      const count = ledger.closing ? 0 : Math.floor(chance() * (room + 1))
      const wishes = Array.from({ length: count }, () => task({
        id: `${name}-${ledger.next++}`, resources: { cpus: 1, mem: 64 }, command: 'sleep 1',
      }))
      ctx.accept(offer, wishes, { refuseMs: ledger.closing ? 600_000 : 1_000 })
    }
    return state
  },
})

class Disorder {
  readonly cluster
  readonly agents = new Map<string, SimulatedAgent & { readonly up: boolean }>()
  readonly frameworks = new Map<string, { readonly system: System | undefined; readonly ledger: Ledger }>()

  constructor(seed: number) {
    this.cluster = new SimulatedCluster({ seed })
  }

  dice(sides: number): number {
    return Math.floor(this.cluster.random.next() * sides)
  }

  async begin(): Promise<void> {
    await this.cluster.master()
    for (const name of ['a0', 'a1', 'a2']) {
      this.agents.set(name, { ...await this.cluster.agent(name, MACHINE), up: true })
    }
    for (const name of ['f0', 'f1']) {
      await this.schedulerComes(name, { updates: [], frameworkId: undefined, next: 0, closing: false })
    }
    this.cluster.settle()
  }

  private async schedulerComes(name: string, ledger: Ledger): Promise<void> {
    const definition = greedy(name, ledger, () => this.cluster.random.next())
    this.frameworks.set(name, { system: await this.cluster.framework(definition, ledger.frameworkId), ledger })
  }

  private async turnScheduler(name: string): Promise<void> {
    const { system, ledger } = this.frameworks.get(name) ?? assert.fail()
    if (!system) return this.schedulerComes(name, ledger)
    if (ledger.frameworkId === undefined) return
    this.cluster.kill(system)
    this.frameworks.set(name, { system: undefined, ledger })
  }

  async step(): Promise<void> {
    const name = `a${this.dice(3)}`
    const agent = this.agents.get(name)
    assert.ok(agent)
    const running = agent.machine.running()
    switch (this.dice(8)) {
      case 0:
        if (agent.up) this.cluster.kill(agent.system)
        this.agents.set(name, { ...agent, up: false })
        break
      case 1: case 2:
        if (!agent.up) this.agents.set(name, { ...await this.cluster.agent(name, MACHINE, agent), up: true })
        break
      case 3:
        this.cluster.advance(this.dice(4) === 0 ? 100_000 : this.dice(10_000))
        break
      case 4:
        await this.turnScheduler(`f${this.dice(2)}`)
        break
      default: {
        const launchId = running[this.dice(running.length)]
        if (launchId) agent.machine.end(launchId, { code: this.dice(2) })
      }
    }
    // Not always at rest when the next thing happens.
    if (this.dice(2) === 0) this.cluster.settle()
  }

  /** Everybody is back, all tasks end, and nobody wants more. */
  async heal(): Promise<void> {
    for (const [name, { system, ledger }] of this.frameworks) {
      ledger.closing = true
      if (!system) await this.schedulerComes(name, ledger)
    }
    for (const [name, agent] of this.agents) {
      if (!agent.up) this.agents.set(name, { ...await this.cluster.agent(name, MACHINE, agent), up: true })
    }
    this.cluster.advance(60_000)
  }

  check(): void {
    this.cluster.settle()
    assert.deepEqual(this.cluster.errors, [])
    for (const { hostname, used, offered } of this.cluster.list('agents') as AgentView[]) {
      const promised = Number(used['cpus'] ?? 0) + Number(offered['cpus'] ?? 0)
      assert.ok(promised <= MACHINE.cpus, `${promised} cpus of ${hostname} are promised`)
    }
    for (const { machine } of this.agents.values()) {
      assert.equal(new Set(machine.started).size, machine.started.length, 'a launch began twice')
      assert.ok(machine.running().length <= MACHINE.cpus, 'a machine runs more than it has room for')
    }
    for (const { ledger } of this.frameworks.values()) {
      const ended = ledger.updates.filter(({ state }) => isTerminal(state)).map(({ taskId }) => taskId)
      assert.equal(new Set(ended).size, ended.length, 'a task ended twice')
    }
  }
}

for (let seed = 1; seed <= 20; seed++) {
  test(`agents come and go, tasks end and are killed, and nothing is lost or done twice (seed ${seed})`, async () => {
    const disorder = new Disorder(seed)
    await disorder.begin()
    for (let step = 0; step < STEPS; step++) {
      await disorder.step()
      disorder.check()
    }
    await disorder.heal()
    const { cluster, agents, frameworks } = disorder
    const live = (cluster.list('tasks') as TaskView[]).filter(({ state }) => !isTerminal(state))
    const running = [...agents.values()].flatMap(({ machine }) => machine.running())
    assert.deepEqual(live.map(({ launch }) => launch as string).sort(), running.sort(), 'master and machines agree')
    for (const { machine } of agents.values()) {
      for (const launchId of machine.running()) machine.end(launchId, { code: 0 })
    }
    cluster.advance(60_000)
    disorder.check()
    for (const [name, { ledger }] of frameworks) {
      const heard = new Set(ledger.updates.filter(({ state }) => isTerminal(state)).map(({ taskId }) => taskId))
      const launched = (cluster.list('tasks') as TaskView[]).filter((each) => each.framework === ledger.frameworkId)
      const unheard = launched.filter(({ id }) => !heard.has(id)).map(({ id, state, message }) => [id, state, message])
      assert.deepEqual(unheard, [], `${name} has heard the end of every task`)
    }
    assert.deepEqual((cluster.list('agents') as AgentView[]).map(({ used }) => used), [{}, {}, {}])
  })
}
