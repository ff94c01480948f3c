import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FOLLOWS_BY, steady, systemClock } from '../../infra/clock.js'

const HOUR_MS = 3_600_000

test('as long as nobody sets the machine\'s clock, a node\'s shows the same', () => {
  let elapsedMs = 0
  const now = steady(() => 1_000_000 + elapsedMs, () => elapsedMs)
  for (const stepMs of [0, 1, 17.25, 3_000, HOUR_MS]) {
    elapsedMs += stepMs
    assert.equal(now(), Math.floor(1_000_000 + elapsedMs))
  }
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000)
})

test('when it is set by an hour, waits stay what they are within a tenth, and the stamps come right in time', () => {
  for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
    let [elapsedMs, skewMs] = [0, 0]
    const now = steady(() => 5 * HOUR_MS + elapsedMs + skewMs, () => elapsedMs)
    const began = now()
    skewMs = jumpMs
    elapsedMs += 60_000
    assert.ok(Math.abs(now() - began - 60_000) <= 60_000 * FOLLOWS_BY + 1)
    elapsedMs += HOUR_MS / FOLLOWS_BY
    assert.equal(now(), 5 * HOUR_MS + elapsedMs + jumpMs)
  }
})

test('it never runs backwards', () => {
  const step = fc.record({ passMs: fc.nat(10_000), setMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }) })
  fc.assert(fc.property(fc.array(step), (steps) => {
    let [elapsedMs, skewMs, last] = [0, 0, 0]
    const now = steady(() => 5 * HOUR_MS + elapsedMs + skewMs, () => elapsedMs)
    for (const { passMs, setMs } of steps) {
      elapsedMs += passMs
      skewMs = setMs
      assert.ok(now() >= last)
      last = now()
    }
  }))
})
