import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import type { AgentView, FrameworkView, TaskView } from '../../actors/protocol/operator.js'
import type { StatusUpdate } from '../../actors/protocol/task.js'
import { framework } from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'
import type { System } from '../../runtime/system.js'
import { SimulatedCluster } from '../support/simulated-cluster.js'

// Each actor of a master's and of a framework's node fails once; see the table in `actors/README.md`.

/** What no actor takes: whoever hears it fails. */
const POISON = { type: 'poison' }
const poison = (system: System, path: string) => system.tell(`${system.node}/${path}` as never, POISON as never)

/** A framework keeps one task running; each life of its author writes down what it hears. */
async function atWork(followers = 0) {
  const cluster = new SimulatedCluster()
  const lives: { readonly updates: StatusUpdate[] }[] = []
  await cluster.master()
  const master = cluster.lastMaster
  cluster.settle()
  for (let count = 0; count < followers; count++) await cluster.master(undefined, `m${count + 2}`)
  cluster.settle()
  const system = await cluster.framework(framework<{ readonly updates: StatusUpdate[] }, string>({
    name: 'one', failoverTimeoutMs: 60_000,
    initial() {
      const life = { updates: [] }
      lives.push(life)
      return life
    },
    receive(life, event, ctx) {
      if (event.type === 'told') throw new Error('the author erred')
      if (event.type === 'update') life.updates.push(event.update)
      if (event.type !== 'offers') return life
      const sleep = task({ id: 't', resources: { cpus: 1 }, command: 'sleep 100' })
      ctx.accept(event.offers, life.updates.length === 0 ? [sleep] : [], { refuseMs: 1_000 })
      return life
    },
  }))
  const agent = await cluster.agent('a1', { cpus: 4, mem: 64 })
  cluster.advance(1_000)
  const [{ id }] = cluster.list('frameworks') as [FrameworkView]
  return { cluster, master, system, agent, lives, id }
}

/** The task runs where it ran, once, and everybody knows of it. */
function checkWhole({ cluster, agent, id }: Awaited<ReturnType<typeof atWork>>): void {
  assert.deepEqual([agent.machine.running().length, agent.machine.started.length], [1, 1])
  const frameworks = (cluster.list('frameworks') as FrameworkView[]).map((each) => [each.id, each.state, each.tasks])
  assert.deepEqual(frameworks, [[id, 'active', 1]])
  assert.deepEqual((cluster.list('tasks') as TaskView[]).map(({ state }) => state), ['RUNNING'])
  const [view] = cluster.list('agents') as [AgentView]
  assert.deepEqual([view.state, view.used['cpus']], ['active', 1])
  assert.ok(1 + Number(view.offered['cpus'] ?? 0) <= 4)
}

const failures = ({ errors }: SimulatedCluster) => errors.filter((line) => !line.includes('poison'))

for (const [path, what] of [['master', 'a master'], ['master/registrar', 'a registrar']] as const) {
  test(`${what} that fails begins again with the log: tasks run on, and nobody hears anything twice`, async () => {
    const at = await atWork()
    const { cluster, master, lives } = at
    poison(master, path)
    cluster.advance(30_000)
    assert.ok(cluster.errors.length > 0, 'it has failed')
    assert.deepEqual(failures(cluster), [])
    checkWhole(at)
    assert.deepEqual(lives.map(({ updates }) => updates.map(({ state }) => state)), [['RUNNING']])
    const end = at.agent.machine.running()[0] as string
    at.agent.machine.end(end, { code: 0 })
    cluster.advance(5_000)
    assert.deepEqual(lives[0]?.updates.map(({ state }) => state), ['RUNNING', 'FINISHED'])
  })

  test(`${what} that fails beside another master leads no two at once`, async () => {
    const at = await atWork(1)
    poison(at.master, path)
    at.cluster.advance(30_000)
    const answer = at.cluster.operate((replyTo) => ({ type: 'describe-leader', replyTo }))
    assert.ok(answer.type === 'leader-view' && answer.view.epoch >= 2)
    assert.deepEqual([at.agent.machine.running().length, at.agent.machine.started.length], [1, 1])
    assert.deepEqual(at.lives.map(({ updates }) => updates.map(({ state }) => state)), [['RUNNING']])
  })
}

test('an allocator that fails begins again and is told everything: what is left is offered once', async () => {
  const at = await atWork()
  poison(at.master, 'master/allocator')
  at.cluster.advance(10_000)
  assert.ok(at.cluster.errors.length > 0, 'it has failed')
  checkWhole(at)
})

test('a scheduler that fails under its author comes back as the same framework, and hears of its task', async () => {
  const at = await atWork()
  at.system.tell(`${at.system.node}/scheduler` as never, { type: 'told', told: 'err' } as never)
  at.cluster.advance(10_000)
  assert.match(at.cluster.errors.join(), /the author erred/)
  checkWhole(at)
  const heard = at.lives.map(({ updates }) => updates.map(({ taskId, state }) => `${taskId} ${state}`))
  assert.deepEqual(heard, [['t RUNNING'], ['t RUNNING']])
})

test('an author who fails for ever takes the framework\'s node down', async () => {
  const at = await atWork()
  assert.throws(() => {
    for (let count = 0; count < 7; count++) {
      at.system.tell(`${at.system.node}/scheduler` as never, { type: 'told', told: 'err' } as never)
      at.cluster.advance(500)
    }
  }, /^Error: framework-one@i1\/scheduler collapsed/)
})

/** Lets something happen when an epoch is claimed: the claim is in every registrar's mailbox, and not read yet. */
function whenClaimed(epoch: number, { log }: SimulatedCluster, act: () => void): void {
  const isClaim = (entry: LogEntry): boolean => entry.type === 'log-claimed' && entry.epoch === epoch
  const read = log.port((_, event) => {
    if (event.type === 'stream-entries' && event.entries.some(isClaim)) act()
  })
  read({ type: 'read', from: log.end, reading: 1, replyTo: 'nobody' as never })
}

test('a registrar that dies right after its election has elected nobody: the log comes first', async () => {
  const at = await atWork()
  const { cluster, master, lives } = at
  whenClaimed(2, cluster, () => poison(master, 'master/registrar'))
  poison(master, 'master/registrar')
  cluster.advance(30_000)
  assert.equal(cluster.errors.length, 4, 'two registrars have failed, and their masters with them')
  assert.deepEqual(failures(cluster), [])
  checkWhole(at)
  assert.deepEqual(lives.map(({ updates }) => updates.map(({ state }) => state)), [['RUNNING']])
})
