import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold, NOTHING_YET, PULSES_KEPT, ratesPerSecond, type TopEvent } from '../../../infra/top/state.js'
import { agent, clusterOf, OVERVIEW, pulse } from './views.js'

const after = (...events: readonly TopEvent[]) => events.reduce(fold, NOTHING_YET)

test('lists are kept as they change', () => {
  const rows: TopEvent = { type: 'list', what: 'agents', rows: [agent('S1'), agent('S2')] }
  const changed: TopEvent = { type: 'rows', what: 'agents', rows: [agent('S2', { tasks: 9 })], gone: ['S1'] }
  assert.deepEqual([...after(rows, changed).agents.values()].map(({ id, tasks }) => [id, tasks]), [['S2', 9]])
  assert.equal(after(rows, changed, rows).agents.size, 2)
})

test('rates are taken over the last seconds, and are not known at first', () => {
  assert.equal(ratesPerSecond(after({ type: 'pulse', pulse: pulse(0, 9) })), undefined)
  const pulses = [0, 1_000, 3_000].map((atMs): TopEvent => ({ type: 'pulse', pulse: pulse(atMs, 6) }))
  assert.deepEqual(ratesPerSecond(after(...pulses))?.launched, 4)
  const many = Array.from({ length: 100 }, (_, at): TopEvent => ({ type: 'pulse', pulse: pulse(at * 1_000, at) }))
  assert.equal(after(...many).pulses.length, PULSES_KEPT)
})

test('what is lost is said, and is over with the next news; old rates are not shown as if they were new', () => {
  const lost = fold(clusterOf([agent('S1')], []), { type: 'lost', problem: 'nobody leads' })
  assert.deepEqual([lost.problem, lost.agents.size, ratesPerSecond(lost)], ['nobody leads', 1, undefined])
  assert.equal(fold(lost, { type: 'overview', overview: OVERVIEW }).problem, undefined)
})
