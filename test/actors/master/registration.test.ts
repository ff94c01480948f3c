import assert from 'node:assert/strict'
import test from 'node:test'
import { AGENT_TIMEOUT_MS } from '../../../actors/master/present.js'
import type { Decision } from '../../../actors/master/decision.js'
import type { ToldAgent } from '../../../actors/protocol/allocator.js'
import type { AgentId, ExecutorId, FrameworkId, LaunchId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentInfo, agentRef, command, Desk, deskAtWork, executed, held, MACHINE, typesOf, updatesOf } from './desk.js'

const recordsOf = ({ records }: Decision) => records.map(({ type }) => type)
const toldOf = ({ allocator }: Decision): ToldAgent | undefined =>
  allocator.flatMap((call) => (call.type === 'add-agent' ? [call.agent] : []))[0]

test('a new agent is admitted under a new id, and the allocator hears of it', () => {
  const desk = new Desk()
  const decided = desk.register('a')
  assert.deepEqual(decided.records, [{ type: 'agent-admitted', agentId: 'w-S0', info: agentInfo(), atMs: 1_000 }])
  assert.deepEqual(decided.effects, [{ to: agentRef('a'), message: {
    type: 'agent-registered', agentId: 'w-S0', epoch: 3, cluster: 'warren', pingTimeoutMs: AGENT_TIMEOUT_MS,
  } }])
  assert.deepEqual(toldOf(decided), { agentId: 'w-S0', total: MACHINE, used: [], active: true, telling: 1 })
  assert.equal(desk.register('b').effects.length, 1)
  assert.deepEqual([...desk.knowledge.cluster.agents.keys()], ['w-S0', 'w-S1'])
})

test('the same life that asks twice, before it knows its id, is answered twice and admitted once', () => {
  const desk = new Desk()
  desk.register('a')
  const again = desk.register('a')
  assert.deepEqual([again.records, again.allocator, typesOf(again)], [[], [], ['agent-registered']])
})

test('an agent whose description has changed is told of anew, and its offers are rescinded', () => {
  const desk = new Desk()
  desk.register('a')
  desk.subscribe('one')
  desk.offer('w-0000' as FrameworkId, 'w-S0' as AgentId)
  const smaller = agentInfo(of({ cpus: 1 }))
  const again = desk.register('a', { agentId: 'w-S0' as AgentId, info: smaller })
  assert.deepEqual(recordsOf(again), ['agent-admitted'])
  assert.deepEqual(typesOf(again), ['rescind', 'agent-registered'])
  assert.deepEqual([toldOf(again)?.total, toldOf(again)?.telling], [of({ cpus: 1 }), 2])
})

test('a new life that still has its tasks keeps them, and nobody is told', () => {
  const { desk, agentId, task } = deskAtWork()
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual([again.records, typesOf(again)], [[], ['agent-registered']])
  assert.deepEqual(toldOf(again)?.used.map(({ resources }) => resources), [of({ cpus: 1 })])
})

test('of an agent that was only away and comes back as it was, the allocator keeps its books', () => {
  const { desk, agentId, task } = deskAtWork()
  const tellingBefore = desk.knowledge.present.agents.get(agentId)?.telling
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const back = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(back.allocator, [{ type: 'activate-agent', agentId }])
  assert.equal(desk.knowledge.present.agents.get(agentId)?.telling, tellingBefore)
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i2') as never })
  const without = desk.register('a', { life: 'i3', agentId })
  assert.deepEqual(without.allocator.map(({ type }) => type), ['remove-agent', 'add-agent'])
})

test('what an earlier life of an agent has said is not heard after the next has come', () => {
  const { desk, agentId, task } = deskAtWork()
  const said = (life: string, number: number, tasks = [held(task, 'RUNNING')]) =>
    desk.register('a', { life, number, agentId, tasks })
  assert.equal(typesOf(said('i2', 2)).length, 1)
  const late = said('i1', 1, [])
  assert.deepEqual([late.records, late.effects, late.changes], [[], [], []])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i2') as never })
  assert.deepEqual(said('i1', 1, []).records, [], 'nor when that one is away')
  assert.equal(typesOf(said('i3', 3)).length, 1)
})

test('a task that may never have reached the agent is sent again, under the same launch', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('lost')])
  for (const life of ['i1', 'i2']) {
    const again = desk.register('a', { life, agentId, tasks: [held(task, 'RUNNING')] })
    assert.deepEqual([again.records, typesOf(again)], [[], ['agent-registered', 'run-task']])
    assert.deepEqual(again.effects[1]?.message, {
      type: 'run-task', epoch: 3, frameworkId, launchId: 'w-L1', role: '*', task: command('lost'),
    })
  }
})

test('a kill that may never have reached the agent is sent again, after the launch', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('lost')])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  assert.deepEqual(typesOf(desk.say({ type: 'kill', frameworkId, taskId: task.task.taskId, graceMs: 7 })), [])
  desk.say({ type: 'kill', frameworkId, taskId: 'lost' as typeof task.task.taskId })
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(typesOf(again), ['agent-registered', 'run-task', 'kill-task', 'kill-task'])
  const kills = again.effects.slice(2).map(({ message }) => message as unknown as { taskId: string; graceMs?: number })
  assert.deepEqual(kills.map(({ taskId, graceMs }) => [taskId, graceMs]), [['t', 7], ['lost', undefined]])
})

function awayTooLong(): ReturnType<typeof deskAtWork> {
  const at = deskAtWork()
  at.desk.say({ type: 'agent-lost', agentId: at.agentId, ref: agentRef('a') as never })
  at.desk.knowledge.now += AGENT_TIMEOUT_MS
  at.desk.say({ type: 'ping-round' })
  return at
}

test('an unreachable agent that returns brings its tasks back, and nothing is killed', () => {
  const { desk, agentId, task } = awayTooLong()
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(recordsOf(again), ['agent-reachable', 'task-changed'])
  assert.deepEqual(updatesOf(again).map(({ state, reason }) => [state, reason]), [['RUNNING', 'agent-reregistered']])
  assert.deepEqual(typesOf(again), ['agent-registered', 'update'])
  assert.deepEqual(toldOf(again)?.used.map(({ resources }) => resources), [of({ cpus: 1 })])
})

test('of a task that ended while its agent was unreachable the agent itself tells, and it is freed once', () => {
  const { desk, agentId, frameworkId, task } = awayTooLong()
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'FINISHED')] })
  assert.deepEqual([recordsOf(again), updatesOf(again)], [['agent-reachable'], []])
  assert.deepEqual(toldOf(again)?.used.map(({ resources }) => resources), [of({ cpus: 1 })])
  const told = desk.report(task, 'FINISHED', 2, { exitCode: 0 })
  assert.deepEqual(told.allocator.map(({ type }) => type), ['recover'])
  assert.equal(desk.task(frameworkId, 't').exitCode, 0)
})

test('an unreachable agent that returns without a task has lost it', () => {
  const { desk, agentId } = awayTooLong()
  const again = desk.register('a', { life: 'i2', agentId })
  assert.deepEqual(updatesOf(again).map(({ state }) => state), ['GONE'])
  assert.deepEqual(toldOf(again)?.used, [])
})

test('tasks that the master has never heard of are adopted, with their executors and frameworks', () => {
  const desk = new Desk()
  desk.subscribe('one')
  const frameworkId = 'w-0000' as FrameworkId
  const common = { frameworkId, role: '*' as Role, state: 'RUNNING' as const }
  const again = desk.register('a', {
    agentId: 'old-S5' as AgentId,
    tasks: [
      { ...common, launchId: 'old-L1' as LaunchId, task: command('t1') },
      { ...common, launchId: 'old-L2' as LaunchId, task: executed('t2', 'e', { cpus: 0.5 }) },
      { ...common, launchId: 'old-L3' as LaunchId, task: command('t3'), frameworkId: 'w-0099' as FrameworkId },
    ],
    executors: [{ frameworkId, executorId: 'e' as ExecutorId }],
  })
  assert.deepEqual(recordsOf(again), [
    'agent-admitted', 'framework-admitted', 'framework-disconnected', 'task-launched', 'task-launched',
    'task-launched', 'executor-launched',
  ])
  assert.deepEqual(toldOf(again)?.used.map(({ resources }) => resources), [
    of({ cpus: 1 }), of({ cpus: 1 }), of({ cpus: 1 }), of({ cpus: 0.5 }),
  ])
  const recovered = desk.knowledge.cluster.frameworks.get('w-0099' as FrameworkId)
  assert.equal(recovered?.info.name, 'recovered', 'its scheduler is only not back yet')
  assert.deepEqual([...desk.knowledge.cluster.agents.keys()], ['old-S5'])
})

test('a task whose end was acknowledged is not adopted because its agent has not heard so', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.report(task, 'FINISHED', 2)
  desk.acknowledge(task, 2)
  const again = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'FINISHED')] })
  assert.deepEqual([again.records, toldOf(again)?.used], [[], []])
  assert.equal(desk.knowledge.cluster.frameworks.get(frameworkId)?.tasks.size, 0)
})

test('what an agent still runs of a framework that has ended is shut down, whichever life asks', () => {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.say({ type: 'teardown', frameworkId })
  for (const life of ['i1', 'i2']) {
    const again = desk.register('a', { life, agentId, tasks: [held(task, 'RUNNING')] })
    assert.deepEqual([again.records, typesOf(again)], [[], ['agent-registered', 'shutdown-framework']])
  }
  const idle = desk.register('a', { agentId, executors: [{ frameworkId, executorId: 'e' as ExecutorId }] })
  assert.deepEqual(typesOf(idle), ['agent-registered', 'shutdown-framework'])
})

function withExecutor(): Desk & { readonly launched: unknown } {
  const { desk, agentId, frameworkId } = deskAtWork()
  const launched = desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 2 }))], [
    executed('x', 'e', { cpus: 1 }),
  ])
  return Object.assign(desk, { launched })
}

test('an executor that the agent does not have any more gives back what it took', () => {
  const [agentId, frameworkId] = ['w-S0' as AgentId, 'w-0000' as FrameworkId]
  for (const life of ['i1', 'i2']) {
    const desk = withExecutor()
    desk.report(desk.task(frameworkId, 'x'), 'RUNNING', 1)
    const tasks = [held(desk.task(frameworkId, 't'), 'RUNNING'), held(desk.task(frameworkId, 'x'), 'RUNNING')]
    const again = desk.register('a', { life, agentId, tasks })
    assert.deepEqual(recordsOf(again), ['executor-ended'])
    assert.deepEqual(typesOf(again), ['agent-registered', 'failure'])
    if (life === 'i1') assert.deepEqual(again.allocator.map(({ type }) => type), ['recover'])
    else assert.deepEqual(toldOf(again)?.used.map(({ resources }) => resources), [of({ cpus: 1 }), of({ cpus: 1 })])
  }
})

test('an executor keeps its place when it runs, or when a task that brings it is sent again', () => {
  const [agentId, frameworkId] = ['w-S0' as AgentId, 'w-0000' as FrameworkId]
  const desk = withExecutor()
  const t = held(desk.task(frameworkId, 't'), 'RUNNING')
  const sentAgain = desk.register('a', { agentId, tasks: [t] })
  assert.deepEqual([sentAgain.records, typesOf(sentAgain)], [[], ['agent-registered', 'run-task']])
  const tasks = [t, held(desk.task(frameworkId, 'x'), 'STAGING')]
  const executors = [{ frameworkId, executorId: 'e' as ExecutorId }]
  const runs = desk.register('a', { life: 'i2', agentId, tasks, executors })
  assert.deepEqual(runs.records, [])
  assert.equal(toldOf(runs)?.used.length, 3)
})

test('an agent of an older version that lists no executors keeps those that the master knows', () => {
  const desk = withExecutor()
  const call = {
    type: 'register-agent', agent: agentRef('a', 'i2'), info: agentInfo(), agentId: 'w-S0' as AgentId,
  } as const
  const again = desk.say({
    ...call, tasks: [...desk.knowledge.cluster.frameworks.values()].flatMap(({ tasks }) =>
      [...tasks.values()].map((task) => held(task, task.state))),
  })
  assert.deepEqual(again.records, [])
})
