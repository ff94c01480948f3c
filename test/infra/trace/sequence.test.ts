import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sequenceOf } from '../../../infra/trace/sequence.js'
import { AGENT, handled, hop, MASTER, spanOf } from './hops.js'

test('an arrow joins the hops of a message: how long it waited, how long it took, and that it arrived', () => {
  const { arrows, lanes, beginMs, endMs } = sequenceOf([
    ...handled(1, 10, { from: AGENT, bytes: 12, framework: 'f' }), hop('acknowledged', 1, 11, { from: AGENT }),
  ].reverse())
  assert.deepEqual(arrows, [{
    trace: 'ab'.repeat(16), span: spanOf(1), type: 'm1', from: 'agent-a1/agent', to: 'master-m1/master', isReply: false,
    sentMs: 10, enqueuedMs: 10.5, deliveredMs: 11, processedMs: 13, acknowledgedMs: 11, queuedForMs: 0.5, durationMs: 2,
    outcome: 'ok', bytes: 12, framework: 'f',
  }])
  assert.deepEqual(lanes.map(({ id }) => id), ['agent-a1/agent', 'master-m1/master'])
  assert.deepEqual([beginMs, endMs], [10, 13])
})

test('a message to a group has an arrow to each receiver', () => {
  const [first, second] = ['framework-x@1/scheduler', 'framework-y@2/scheduler']
  const { arrows } = sequenceOf([
    hop('sent', 1, 1, { from: MASTER, to: 'frameworks@*/scheduler' }),
    hop('enqueued', 1, 2, { from: MASTER, to: first }), hop('enqueued', 1, 3, { from: MASTER, to: second }),
  ])
  assert.deepEqual(arrows.map(({ from, to }) => [from, to]), [
    ['master-m1/master', 'framework-x/scheduler'], ['master-m1/master', 'framework-y/scheduler'],
  ])
})

test('an answer goes to the actor that asked, or to its node where none did', () => {
  const question = 'agent-a1@l1/port.ask-7'
  const sent = hop('sent', 1, 1, { from: MASTER, to: question })
  const replied = hop('replied', 1, 2, { from: MASTER, to: question })
  const toNode = sequenceOf([sent, replied]).arrows
  assert.deepEqual(toNode.map(({ to, isReply }) => [to, isReply]), [['agent-a1/(questions)', true]])
  const toActor = sequenceOf([sent, replied, hop('delivered', 1, 3, { from: MASTER, to: AGENT })]).arrows
  assert.deepEqual(toActor.map(({ to, isReply }) => [to, isReply]), [['agent-a1/agent', true]])
})

test('what is dropped says why, a timer comes from nowhere, and who begins anew is told', () => {
  const { arrows, restarts } = sequenceOf([
    hop('sent', 1, 1, { from: AGENT }), hop('dropped', 1, 2, { from: AGENT, reason: 'no-such-actor' }),
    hop('enqueued', 2, 3), hop('restarted', 2, 4, { reason: 'broken' }),
  ])
  assert.deepEqual(arrows.map(({ from, dropped }) => [from, dropped]), [
    ['agent-a1/agent', 'no-such-actor'], [undefined, undefined],
  ])
  assert.deepEqual(restarts, [{ lane: 'master-m1/master', atMs: 4, reason: 'broken' }])
})

test('lanes of one node lie side by side', () => {
  const { lanes } = sequenceOf([
    ...handled(1, 1, { from: AGENT }), ...handled(2, 10, { from: MASTER, to: 'agent-a1@l1/agent/updates' }),
    ...handled(3, 20, { from: MASTER, to: 'master-m1@l1/master/allocator' }),
  ])
  assert.deepEqual(lanes.map(({ path }) => path), ['agent', 'agent/updates', 'master', 'master/allocator'])
})

test('of nothing there is an empty sequence', () => {
  assert.deepEqual(sequenceOf([]), { lanes: [], arrows: [], restarts: [], beginMs: 0, endMs: 0 })
})
