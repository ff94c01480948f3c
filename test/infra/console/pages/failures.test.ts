import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActorVitals } from '../../../../actors/protocol/vitals.js'
import { timesFailed, type Crash } from '../../../../infra/console/pages/failures.js'

const actor: ActorVitals = {
  path: 'scheduler', status: 'running', mailbox: 0, oldestMs: 0, processed: 9, restarts: 0, onFailure: 'restart',
  recent: [],
}
const crash = (decision: string): Crash => ({ atMs: 1, error: 'boom', decision })

test('each failure counts once, whether a new life or an end came of it', () => {
  assert.equal(timesFailed(actor), 0)
  assert.equal(timesFailed({ ...actor, restarts: 1, crash: crash('restart') }), 1)
  assert.equal(timesFailed({ ...actor, restarts: 7, crash: crash('restart'), earlier: [crash('restart')] }), 7)
  assert.equal(timesFailed({ ...actor, restarts: 5, crash: crash('escalate') }), 6)
})
