import assert from 'node:assert/strict'
import test from 'node:test'
import type { Decision } from '../../../actors/master/decision.js'
import type { MaintenanceCall } from '../../../actors/master/maintenance.js'
import { viewsOf } from '../../../actors/master/views.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import type { AgentView, OperatorAnswer } from '../../../actors/protocol/operator.js'
import { of } from '../../../actors/resources/amounts.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, command, deskAtWork, type Desk, executed, held, typesOf, updatesOf } from './desk.js'

const replyTo = refOf<OperatorAnswer>(nodeAddress('master', 'm', '1'), 'port.http')
const agentId = 'w-S0' as AgentId

type Wish = MaintenanceCall extends infer C ? C extends unknown ? Omit<C, 'agentId' | 'replyTo'> : never : never
const order = (desk: Desk, wish: Wish, id = agentId): Decision =>
  desk.say({ ...wish, agentId: id, replyTo } as MaintenanceCall)

const recordsOf = ({ records }: Decision) => records.map(({ type }) => type)
const callsOf = ({ allocator }: Decision) => allocator.map(({ type }) => type)
const answerOf = ({ effects }: Decision) =>
  effects.find(({ to }) => to === replyTo)?.message as unknown as OperatorAnswer
const changed = (decided: Decision) => {
  const answer = answerOf(decided)
  return answer.type === 'done' ? answer.changed : assert.fail(answer.type)
}
const stateOf = (desk: Desk) => (viewsOf(desk.knowledge, 'agents') as AgentView[]).map(({ state }) => state).join()
const drains = ({ effects }: Decision) => effects.map(({ message }) => message)
  .filter(({ type }) => type === 'drain-agent').map((message) => (message as { graceMs?: number }).graceMs)

test('an agent that is deactivated is not offered any more, its tasks run on, and once is enough', () => {
  const { desk, frameworkId } = deskAtWork()
  desk.offer(frameworkId, agentId)
  const decided = order(desk, { type: 'operator-deactivate' })
  assert.deepEqual([recordsOf(decided), callsOf(decided)], [['agent-deactivated'], ['recover', 'deactivate-agent']])
  assert.deepEqual(typesOf(decided), ['rescind', 'done'])
  assert.deepEqual([stateOf(desk), desk.task(frameworkId, 't').state], ['deactivated', 'RUNNING'])
  const again = order(desk, { type: 'operator-deactivate' })
  assert.deepEqual([again.records, changed(again)], [[], false])
  assert.equal(desk.offer(frameworkId, agentId), undefined, 'what was granted before is given back')
})

test('an agent that is activated is offered again, also one that drains', () => {
  const { desk } = deskAtWork()
  assert.equal(changed(order(desk, { type: 'operator-activate' })), false)
  for (const wish of ['operator-deactivate', 'operator-drain'] as const) {
    order(desk, { type: wish })
    const decided = order(desk, { type: 'operator-activate' })
    assert.deepEqual([recordsOf(decided), callsOf(decided)], [['agent-activated'], ['activate-agent']])
    assert.equal(stateOf(desk), 'active')
  }
})

test('a deactivated agent that comes back is told to the allocator as one not to offer', () => {
  const { desk, task } = deskAtWork()
  order(desk, { type: 'operator-deactivate' })
  const back = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  const [told] = back.allocator.flatMap((call) => (call.type === 'add-agent' ? [call.agent] : []))
  assert.equal(told?.active, false)
})

test('an agent that drains is told to end its tasks, and is drained when they have ended', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.offer(frameworkId, agentId)
  const decided = order(desk, { type: 'operator-drain', graceMs: 30_000 })
  assert.deepEqual([recordsOf(decided), drains(decided)], [['agent-draining'], [30_000]])
  assert.deepEqual(callsOf(decided), ['recover', 'deactivate-agent'])
  assert.equal(stateOf(desk), 'draining')
  assert.equal(changed(order(desk, { type: 'operator-drain' })), false, 'it drains already')
  assert.equal(changed(order(desk, { type: 'operator-drain', graceMs: 1 })), true, 'but not so')
  desk.report(task, 'KILLED', 2)
  assert.equal(stateOf(desk), 'drained')
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [], 'it stays until somebody wants it back')
})

test('from its deadline on a drain ends tasks at once, and says so once', () => {
  const { desk } = deskAtWork()
  order(desk, { type: 'operator-drain', graceMs: 30_000, deadlineMs: 60_000 })
  desk.knowledge.now += 59_999
  assert.deepEqual(drains(desk.say({ type: 'sweep' })), [])
  desk.knowledge.now += 1
  assert.deepEqual(drains(desk.say({ type: 'sweep' })), [0])
  assert.deepEqual(drains(desk.say({ type: 'sweep' })), [])
})

test('an agent that was away hears of its drain when it is back, and after the deadline that it is over', () => {
  const { desk, task } = deskAtWork()
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  assert.deepEqual(drains(order(desk, { type: 'operator-drain', graceMs: 9, deadlineMs: 60_000 })), [])
  const tasks = [held(task, 'RUNNING')]
  assert.deepEqual(drains(desk.register('a', { life: 'i2', agentId, tasks })), [9])
  assert.deepEqual(drains(desk.register('a', { life: 'i2', agentId, tasks })), [9], 'the same life asks again')
  desk.knowledge.now += 60_000
  assert.deepEqual(drains(desk.register('a', { life: 'i3', agentId, tasks })), [0])
})

test('what is to be gone when it is drained is gone then', () => {
  const { desk, task } = deskAtWork()
  order(desk, { type: 'operator-drain', gone: true })
  assert.deepEqual(desk.say({ type: 'sweep' }).records, [])
  desk.report(task, 'KILLED', 2)
  assert.deepEqual(recordsOf(desk.say({ type: 'sweep' })), ['agent-gone'])
  assert.equal(stateOf(desk), 'gone')
})

test('an executor without tasks ends with a drain, which waits for it', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 2 }))], [executed('x', 'e', { cpus: 1 })])
  order(desk, { type: 'operator-drain' })
  for (const each of [task, desk.task(frameworkId, 'x')]) desk.report(each, 'KILLED', 2)
  assert.equal(stateOf(desk), 'draining')
  assert.deepEqual(drains(desk.say({ type: 'sweep' })), [undefined])
  desk.say({ type: 'executor-exited', agentId, frameworkId, executorId: 'e' as never })
  assert.equal(stateOf(desk), 'drained')
})

test('an agent that leaves while operators hold it back is remembered, and held back when it returns', () => {
  const { desk, task } = deskAtWork()
  order(desk, { type: 'operator-drain' })
  desk.report(task, 'KILLED', 2)
  const left = desk.say({ type: 'unregister-agent', agentId })
  assert.deepEqual(recordsOf(left), ['agent-unreachable'])
  assert.equal(stateOf(desk), 'drained')
  desk.register('a', { life: 'i2', agentId })
  assert.equal(stateOf(desk), 'drained')
})

test('the tasks of an agent that is gone are over, it is told to end them, and it is refused for ever', () => {
  const { desk, frameworkId, task } = deskAtWork()
  const decided = order(desk, { type: 'operator-gone' })
  assert.deepEqual(recordsOf(decided), ['task-changed', 'task-removed', 'agent-gone'])
  assert.deepEqual(updatesOf(decided).map(({ state }) => state), ['GONE_BY_OPERATOR'])
  assert.deepEqual(typesOf(decided), ['update', 'agent-refused', 'drain-agent', 'failure', 'done'])
  assert.deepEqual([callsOf(decided), drains(decided)], [['remove-agent'], [0]])
  const back = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual([back.records, back.changes, typesOf(back)], [[], [], ['agent-refused', 'drain-agent']])
  const said = JSON.stringify(back.effects[0]?.message)
  assert.match(said, /an operator declared agent w-S0 gone at 1970-.*: start it with a fresh --work-dir, /)
  const late = desk.report(task, 'KILLED', 2)
  assert.deepEqual([late.records, late.effects], [[], []], 'no second end')
  assert.deepEqual(desk.register('b').records.map((record) => 'agentId' in record && record.agentId), ['w-S1'])
  assert.equal(desk.knowledge.cluster.frameworks.get(frameworkId)?.tasks.size, 0)
})

test('gone is gone: it can be said again, and nothing else can be wanted of it', () => {
  const { desk } = deskAtWork()
  order(desk, { type: 'operator-gone' })
  assert.equal(changed(order(desk, { type: 'operator-gone' })), false)
  for (const type of ['operator-activate', 'operator-deactivate', 'operator-drain'] as const) {
    const answer = answerOf(order(desk, { type }))
    assert.match(answer.type === 'not-found' ? answer.problem : '', /fresh --work-dir/)
  }
  assert.deepEqual(answerOf(order(desk, { type: 'operator-drain' }, 'w-S9' as AgentId)), {
    type: 'not-found', problem: "there is no agent 'w-S9'",
  })
})

test('a launch that was under way when the drain began reaches the agent before the order to end', () => {
  const { desk, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId, of({ cpus: 1 }))], [command('lost')])
  order(desk, { type: 'operator-drain' })
  const back = desk.register('a', { life: 'i2', agentId, tasks: [held(task, 'RUNNING')] })
  assert.deepEqual(typesOf(back), ['agent-registered', 'run-task', 'drain-agent'])
})
