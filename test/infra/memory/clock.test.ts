import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '../../../infra/memory/clock.js'

test('alarms go off in the order of their times, those of one time as they were set', () => {
  fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 60 }), (delays) => {
    const clock = new VirtualClock(1_000)
    const rung: [atMs: number, index: number][] = []
    delays.forEach((delayMs, index) => clock.after(delayMs, () => rung.push([clock.now() - 1_000, index])))
    while (clock.step());
    const expected = delays.map((delayMs, index): [number, number] => [delayMs, index])
    assert.deepEqual(rung, expected.sort(([a, i], [b, j]) => a - b || i - j))
  }))
})

test('time stands until it is moved, and never goes back', () => {
  const clock = new VirtualClock(500)
  assert.deepEqual([clock.now(), clock.elapsedMs()], [500, 500])
  clock.moveTo(700)
  clock.moveTo(600)
  assert.equal(clock.now(), 700)
  clock.after(-50, () => undefined)
  assert.equal(clock.nextAt(), 700)
})

test('a step goes no further than it may', () => {
  const clock = new VirtualClock(0)
  const rung: string[] = []
  clock.after(10, () => rung.push('first'))
  clock.after(20, () => rung.push('second'))
  assert.equal(clock.step(5), false)
  assert.equal(clock.step(10), true)
  assert.equal(clock.step(19), false)
  assert.deepEqual([rung, clock.now()], [['first'], 10])
})

test('a cancelled alarm never goes off; cancelling twice is harmless', () => {
  const clock = new VirtualClock(0)
  const cancel = clock.after(10, () => assert.fail('it was cancelled'))
  cancel()
  cancel()
  assert.equal(clock.nextAt(), undefined)
  assert.equal(clock.step(), false)
})

test('an alarm may set and cancel others', () => {
  const clock = new VirtualClock(0)
  const rung: string[] = []
  const cancel = clock.after(20, () => rung.push('cancelled'))
  clock.after(10, () => {
    cancel()
    clock.after(0, () => rung.push('at once'))
    clock.after(5, () => rung.push('later'))
  })
  while (clock.step());
  assert.deepEqual([rung, clock.now()], [['at once', 'later'], 15])
})
