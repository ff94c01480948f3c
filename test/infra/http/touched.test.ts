import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HistoryEntry } from '../../../actors/protocol/operator.js'
import { ratesOf, ROWS_NAMED_MAX, touchedBy } from '../../../infra/http/touched.js'

const entry = (happening: object, more: object = {}): HistoryEntry =>
  ({ number: 1, atMs: 0, happening, ...more }) as HistoryEntry
const shown = (...entries: HistoryEntry[]) =>
  Object.fromEntries([...touchedBy(entries)].map(([what, ids]) => [what, ids === 'all' ? ids : [...ids]]))

test('a change of a task touches it, its framework, its agent and the roles', () => {
  const changed = entry(
    { type: 'task-changed', frameworkId: 'F1', taskId: 't', state: 'FAILED' },
    { launchId: 'L1', agentId: 'S1' },
  )
  assert.deepEqual(shown(changed), { frameworks: ['F1'], agents: ['S1'], tasks: ['L1'], roles: 'all' })
})

test('an offer touches itself and its agent; who comes and goes touches no shares', () => {
  const offer = { offerId: 'O1', agentId: 'S1' }
  assert.deepEqual(shown(entry({ type: 'offer-made', offer })), { agents: ['S1'], offers: ['O1'], roles: 'all' })
  assert.deepEqual(shown(entry({ type: 'agent-disconnected', agentId: 'S1' })), { agents: ['S1'] })
})

test('what cannot be named is read as a whole', () => {
  const { tasks, agents } = shown(entry({ type: 'framework-removed', frameworkId: 'F1' }))
  assert.deepEqual([tasks, agents], ['all', 'all'])
  const many = Array.from({ length: ROWS_NAMED_MAX + 1 }, (_, index) =>
    entry({ type: 'agent-removed', agentId: `S${index}` }),
  )
  assert.equal(shown(...many)['agents'], 'all')
})

test('rates count what began and what ended', () => {
  assert.deepEqual(
    ratesOf([
      entry({ type: 'task-launched' }),
      entry({ type: 'task-changed', state: 'RUNNING' }),
      entry({ type: 'task-changed', state: 'FINISHED' }),
      entry({ type: 'offer-made', offer: {} }),
      entry({ type: 'offer-ended', outcome: 'declined', offer: {} }),
    ]),
    { launched: 1, ended: 1, offered: 1, accepted: 0, declined: 1 },
  )
})
