import assert from 'node:assert/strict'
import test from 'node:test'
import {
  AGENT_AWAY_MAX_MS, executor, executorActor, type ExecutorActorOptions, type ExecutorContext, type ExecutorInput,
  type WorkRequest,
  type ExecutorNodeOrder,
} from '../../../actors/executor/executor.js'
import type { ExecutorCall, ExecutorEvent } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'
import { command } from '../master/desk.js'

const node = nodeAddress('executor', 'e', '1')
const agent = refOf<ExecutorCall>(nodeAddress('agent', 'a', '1'), 'agent/w-L1-executor')
const worker = refOf<WorkRequest>(node, 'port.worker')
const owner = refOf<{ readonly type: 'executor-finished' }>(node, 'port.owner')
const ids = { frameworkId: 'w-0000' as FrameworkId, executorId: 'e' as ExecutorId }
const options: ExecutorActorOptions = { agent, worker, owner, ...ids }

type Private =
  | { readonly type: 'register' | 'report-again' | 'agent-gone' }
  | { readonly type: 'author-timer'; readonly name: string }
  | { readonly type: 'worked'; readonly result: unknown }
type Driver = Driven<unknown, ExecutorEvent | ExecutorNodeOrder | Private>
type Author = (event: ExecutorInput<number>, ctx: ExecutorContext<number>) => void

/** An executor whose author does as the test says, and what the author heard. */
function begun(author: Author = () => undefined): { driven: Driver; heard: ExecutorInput<number>[] } {
  const heard: ExecutorInput<number>[] = []
  const definition = executor<number, number>({
    initial: () => 0,
    receive(state, event, ctx) {
      heard.push(event)
      author(event, ctx)
      return state + 1
    },
  })
  return { driven: drive(executorActor(definition, options)) as Driver, heard }
}

const launch: ExecutorEvent = { type: 'launch-task', task: command('t') }
const types = (driven: Driver) => driven.toldTo(agent).map(({ type }) => type)
const noted = (sequence: number): ExecutorEvent => ({ type: 'report-noted', taskId: 't' as TaskId, sequence })

test('it registers with its agent until it is answered, and its author hears so once', () => {
  const { driven, heard } = begun()
  assert.deepEqual(driven.toldTo(agent), [{ type: 'register-executor', executor: driven.self, ...ids, launches: [] }])
  driven.fire('register')
  assert.equal(types(driven).length, 2)
  const answer: ExecutorEvent = { type: 'executor-registered', executorId: ids.executorId }
  driven.receive(answer)
  driven.receive(answer)
  driven.fire('register')
  assert.deepEqual([heard, types(driven).length], [[{ type: 'registered' }], 2])
})

test('what the agent asks for becomes events of the author', () => {
  const { driven, heard } = begun()
  const data = new Uint8Array([1])
  driven.receive(launch)
  driven.receive({ type: 'stop-task', taskId: 't' as TaskId, graceMs: 5 })
  driven.receive({ type: 'tell-executor', data })
  driven.receive({ type: 'shut-down', graceMs: 9 })
  assert.deepEqual(heard, [
    { type: 'launch', task: command('t') }, { type: 'kill', taskId: 't', graceMs: 5 },
    { type: 'message', data }, { type: 'shutdown', graceMs: 9 },
  ])
})

test('reports are numbered, and repeated until the agent has noted them', () => {
  const { driven } = begun((event, ctx) => {
    if (event.type !== 'launch') return
    ctx.update(event.task.taskId, 'RUNNING')
    ctx.update(event.task.taskId, 'FINISHED', { exitCode: 0 })
  })
  driven.take()
  driven.receive(launch)
  const reports = [
    { type: 'report-task', ...ids, taskId: 't', sequence: 1, state: 'RUNNING' },
    { type: 'report-task', ...ids, taskId: 't', sequence: 2, state: 'FINISHED', exitCode: 0 },
  ]
  assert.deepEqual(driven.toldTo(agent), reports)
  driven.take()
  driven.fire('report-again')
  assert.deepEqual(driven.toldTo(agent), reports)
  driven.receive(noted(1))
  driven.take()
  driven.fire('report-again')
  assert.deepEqual(driven.toldTo(agent), reports.slice(1))
})

test('it finishes when all that it has reported is noted', () => {
  const { driven } = begun((event, ctx) => {
    if (event.type !== 'launch') return
    ctx.update(event.task.taskId, 'FINISHED')
    ctx.finish()
  })
  driven.receive(launch)
  assert.deepEqual(driven.toldTo(owner), [])
  driven.receive(noted(1))
  assert.deepEqual(driven.toldTo(owner), [{ type: 'executor-finished' }])
})

test('one with nothing to report finishes at once', () => {
  const { driven } = begun((event, ctx) => { if (event.type === 'shutdown') ctx.finish() })
  driven.receive({ type: 'shut-down', graceMs: 9 })
  assert.equal(driven.toldTo(owner).length, 1)
})

test('one that no agent has ever known ends with its agent, for none will look for it', () => {
  const { driven } = begun()
  driven.terminate(agent as never)
  assert.equal(driven.toldTo(owner).length, 1)
})

const answered: ExecutorEvent = { type: 'executor-registered', executorId: ids.executorId }
const given = (number: number): ExecutorEvent =>
  ({ type: 'launch-task', task: command('t'), launchId: `w-L${number}` as LaunchId })
const next = refOf<ExecutorCall>(nodeAddress('agent', 'a', '2'), 'agent/w-L1-executor')

test('when its agent stays away for too long it ends, for nobody could be told what it does', () => {
  const { driven } = begun()
  driven.receive(answered)
  driven.terminate(agent as never)
  assert.deepEqual(driven.toldTo(owner), [])
  assert.equal(driven.timers.get('agent-away')?.delayMs, AGENT_AWAY_MAX_MS)
  driven.fire('agent-away')
  assert.equal(driven.toldTo(owner).length, 1)
})

test('a launch that comes again when its task is over does not begin again', () => {
  const { driven, heard } = begun((event, ctx) => { if (event.type === 'launch') ctx.update('t', 'FINISHED') })
  driven.receive(answered)
  driven.receive(given(1))
  driven.receive(noted(1))
  driven.receive(given(1))
  driven.receive(given(2))
  assert.deepEqual(heard.filter(({ type }) => type === 'launch').length, 2)
})

test('the next life of its agent finds it: it registers there with what it runs, and repeats its reports', () => {
  const { driven, heard } = begun((event, ctx) => { if (event.type === 'launch') ctx.update('t', 'RUNNING') })
  driven.receive(answered)
  driven.receive(given(1))
  driven.terminate(agent as never)
  driven.take()
  driven.receive({ type: 'reconnect-executor', agent: next as never })
  const registering = { type: 'register-executor', executor: driven.self, ...ids, launches: ['w-L1'] }
  assert.deepEqual(driven.toldTo(next), [
    registering, { type: 'report-task', ...ids, taskId: 't', sequence: 1, state: 'RUNNING', launchId: 'w-L1' },
  ])
  assert.ok(!driven.timers.has('agent-away') && driven.watched.has(next) && !driven.watched.has(agent))
  driven.receive(answered)
  driven.take()
  driven.fire('register')
  assert.deepEqual(driven.told, [], 'it is registered there')
  for (const again of [{ type: 'reconnect-executor', agent: next as never }, { type: 'reconnected' }] as const) {
    driven.take()
    driven.receive(again)
    assert.deepEqual(driven.toldTo(next)[0], registering, 'what was said to it may be lost, so it tells what it has')
    driven.receive(answered)
  }
  assert.equal(heard.filter(({ type }) => type === 'registered').length, 1, 'its author need not know')
})

test('a launch that is sent twice is begun once, and its id is known until its end is noted', () => {
  const { driven, heard } = begun((event, ctx) => { if (event.type === 'launch') ctx.update('t', 'FINISHED') })
  driven.receive(given(1))
  driven.receive(given(1))
  assert.equal(heard.length, 1)
  driven.receive(noted(1))
  driven.receive(given(2))
  driven.take()
  driven.receive({ type: 'reconnect-executor', agent: next as never })
  const [registering] = driven.toldTo(next)
  assert.deepEqual(registering?.type === 'register-executor' && registering.launches, ['w-L2'])
})

test('work is done outside, and comes back as an event', () => {
  const work = () => Promise.resolve(7)
  const { driven, heard } = begun((event, ctx) => { if (event.type === 'launch') ctx.run(work, () => -1) })
  driven.receive(launch)
  const [request] = driven.toldTo(worker)
  assert.deepEqual([request?.work, request?.failed(new Error()), request?.replyTo], [work, -1, driven.self])
  driven.receive({ type: 'worked', result: 7 })
  assert.deepEqual(heard.at(-1), { type: 'told', told: 7 })
})

test('the author has timers, messages and the time', () => {
  const times: number[] = []
  const { driven, heard } = begun((event, ctx) => {
    times.push(ctx.now())
    if (event.type === 'launch') ctx.after('beat', 50)
    if (event.type === 'kill') ctx.cancel('beat')
    if (event.type === 'message') ctx.message(event.data)
  })
  driven.receive(launch)
  driven.fire('author:beat')
  assert.deepEqual(heard.at(-1), { type: 'timer', name: 'beat' })
  assert.equal((times[1] as number) - (times[0] as number), 50)
  driven.receive(launch)
  driven.receive({ type: 'stop-task', taskId: 't' as TaskId, graceMs: 5 })
  assert.ok(!driven.timers.has('author:beat'))
  driven.take()
  const data = new Uint8Array([1])
  driven.receive({ type: 'tell-executor', data })
  assert.deepEqual(driven.toldTo(agent), [{ type: 'tell-framework', ...ids, data }])
})

test('an author who returns no state is at fault', () => {
  const forgetful = executor<number>({ initial: () => 0, receive: () => undefined as unknown as number })
  const driven = drive(executorActor(forgetful, options)) as Driver
  const answer: ExecutorEvent = { type: 'executor-registered', executorId: ids.executorId }
  assert.throws(() => driven.receive(answer), /receive returned no state/)
})
