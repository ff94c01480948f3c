import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../infra/memory/clock.js'
import { CRASHES_KEPT_MAX } from '../../runtime/crash.js'
import { Failures } from '../../runtime/failures.js'
import { seededRandom } from '../../runtime/random.js'
import { RESTART } from '../../runtime/supervision.js'

test('failures close together escalate, failures far apart do not, and the last few are remembered', () => {
  const world = { clock: new VirtualClock(), random: seededRandom(1) }
  const failures = new Failures({ ...RESTART, restartsMax: 2 })
  const fail = (said: string) => failures.judge(new Error(said), 'go', world).verdict.type
  assert.deepEqual(['a', 'b', 'c'].map(fail), ['restart', 'restart', 'escalate'])
  world.clock.moveTo(world.clock.now() + RESTART.periodMs)
  assert.deepEqual(['d', 'e', 'f'].map(fail), ['restart', 'restart', 'escalate'])
  const told = failures.list().map(({ error, decision, message }) => [error, decision, message])
  assert.equal(told.length, CRASHES_KEPT_MAX)
  assert.deepEqual(told.at(-1), ['f', 'escalate', 'go'])
  assert.deepEqual(told[0], ['b', 'restart', 'go'])
})
