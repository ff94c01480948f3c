import assert from 'node:assert/strict'
import test from 'node:test'
import { newCluster } from '../../../actors/master/cluster.js'
import { EVENTS_MAX, History } from '../../../actors/master/history.js'
import { newPresent } from '../../../actors/master/present.js'
import type { AgentId, FrameworkId, OfferId, TaskId } from '../../../actors/protocol/ids.js'
import type { LogRecord } from '../../../actors/protocol/log.js'

const removed = (number: number): LogRecord => ({
  type: 'agent-removed',
  agentId: `S${number}` as AgentId,
  atMs: number,
})
const cluster = newCluster()

function begun(): History {
  const history = new History()
  history.begin(7)
  return history
}

test('a decision is told when it is committed, and not before', () => {
  const history = begun()
  history.decided(removed(1), cluster, 0)
  history.seal(1)
  history.decided(removed(2), cluster, 0)
  history.seal(2)
  assert.deepEqual(history.tell(0, false).entries, [])
  history.commit(1)
  assert.deepEqual(
    history.tell(0, false).entries.map(({ number, atMs }) => [number, atMs]),
    [[1, 1]],
  )
  history.commit(2)
  assert.equal(history.tell(1, false).entries.length, 1)
})

test('it holds no more than its limit, and says when something is missing', () => {
  const history = begun()
  for (let number = 1; number <= EVENTS_MAX + 5; number++) history.fold(removed(number), cluster)
  assert.equal(history.tell(0, false).isComplete, false)
  const rest = history.tell(EVENTS_MAX, false)
  assert.deepEqual([rest.isComplete, rest.isAll, rest.entries.length], [true, true, 5])
})

test('who asks about another life is told all, and that it is not complete', () => {
  const history = begun()
  history.fold(removed(1), cluster)
  const view = history.tell(1, false, 6)
  assert.deepEqual([view.isComplete, view.entries.length, view.lifeMs], [false, 1, 7])
})

test('the end of an offer is told with the offer and its outcome, apart from the rest', () => {
  const history = begun()
  const present = newPresent()
  const offerId = 'O1' as OfferId
  present.offers.set(offerId, { madeMs: 1, offer: { offerId, agentId: 'S1', frameworkId: 'F1' } as never })
  history.note({ type: 'offer-ended', offerId, outcome: 'declined' }, present, 5)
  history.note({ type: 'agent-pinged', agentId: 'S1' as AgentId }, present, 5)
  assert.deepEqual(history.tell(0, false).entries, [])
  const [entry] = history.tell(0, true).entries
  assert.deepEqual(entry?.happening, {
    type: 'offer-ended',
    outcome: 'declined',
    offer: present.offers.get(offerId)?.offer,
  })
})

test('a change of a task is told with its launch and its agent', () => {
  const history = begun()
  const known = newCluster()
  const frameworkId = 'F1' as FrameworkId
  const taskId = 't' as TaskId
  known.frameworks.set(frameworkId, { tasks: new Map([[taskId, { launchId: 'L1', agentId: 'S1' }]]) } as never)
  history.fold({ type: 'task-changed', frameworkId, taskId, state: 'RUNNING', atMs: 3 }, known)
  const [entry] = history.tell(0, false).entries
  assert.deepEqual([entry?.launchId, entry?.agentId, entry?.atMs], ['L1', 'S1', 3])
})

test('what says no time of its own has that of its neighbours, and a claim that of its leading', () => {
  const history = begun()
  history.fold({ type: 'genesis', cluster: 'c', prefix: 'p' } as LogRecord, cluster)
  history.fold({ type: 'leadership-claimed', epoch: 1, master: 'm', nonce: 'n' }, cluster)
  history.led(50)
  assert.deepEqual(history.tell(0, false).entries.map(({ atMs }) => atMs), [7, 50])
})

test('it begins with the first message, whose time a replay knows', () => {
  const history = begun()
  history.begin(9)
  assert.equal(history.tell(0, false).lifeMs, 7)
})
