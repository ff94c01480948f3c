import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { repeatDelayMs, seekDelayMs } from '../../../actors/protocol/leadership.js'

test('who seeks a leader waits twice as long each time, up to two seconds, within half to the whole', () => {
  fc.assert(fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, chance) => {
    const ceiling = Math.min(2_000, 50 * 2 ** attempt)
    const delayMs = seekDelayMs(attempt, chance)
    assert.ok(Number.isInteger(delayMs))
    assert.ok(delayMs >= ceiling / 2 && delayMs <= ceiling, `${delayMs} of ${ceiling}`)
  }))
})

test('where many may have come at once, nobody repeats itself before all of them can have been answered', () => {
  assert.equal(repeatDelayMs(0, 0, 100), 500)
  assert.equal(repeatDelayMs(0, 0, 3_000), 5_000)
  fc.assert(fc.property(fc.nat(100), fc.nat(200_000), (attempt, members) => {
    const [shortest, next] = [repeatDelayMs(attempt, 0, members), repeatDelayMs(attempt + 1, 0, members)]
    assert.ok(shortest >= Math.min(members / 600, 15) * 1_000 - 1, `${shortest} for ${members}`)
    assert.ok(next >= shortest && next <= 30_000)
  }))
})

test('who waits for the leader\'s answer says it again after half a second at the earliest, then ever later', () => {
  fc.assert(fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, chance) => {
    const ceiling = Math.min(8_000, 1_000 * 2 ** attempt)
    const delayMs = repeatDelayMs(attempt, chance)
    assert.ok(Number.isInteger(delayMs))
    assert.ok(delayMs >= ceiling / 2 && delayMs <= ceiling, `${delayMs} of ${ceiling}`)
  }))
})
