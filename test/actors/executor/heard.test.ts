import assert from 'node:assert/strict'
import test from 'node:test'
import { serialize } from 'node:v8'
import fc from 'fast-check'
import { Heard } from '../../../actors/executor/heard.js'

test('a report is new, then passed on, then noted, and stays noted', () => {
  const heard = new Heard()
  assert.equal(heard.statusOf(1), 'new')
  heard.passOn(1)
  assert.equal(heard.statusOf(1), 'passed-on')
  heard.note(1)
  heard.note(1)
  assert.equal(heard.statusOf(1), 'noted')
})

test('in whatever order reports come and are noted, each is known for what it is', () => {
  const order = fc.shuffledSubarray(Array.from({ length: 20 }, (_, index) => index + 1))
  fc.assert(fc.property(order, order, (passed, noted) => {
    const heard = new Heard()
    for (const sequence of passed) heard.passOn(sequence)
    for (const sequence of noted) heard.note(sequence)
    for (let sequence = 1; sequence <= 20; sequence++) {
      const expected = noted.includes(sequence) ? 'noted' : passed.includes(sequence) ? 'passed-on' : 'new'
      assert.equal(heard.statusOf(sequence), expected)
    }
  }))
})

const bytesOf = (heard: Heard) => serialize(heard).byteLength
const BYTES_OF_NONE = bytesOf(new Heard())
/** A range, and more than a number under way; V8 may keep any of their numbers in eight bytes. */
const BYTES_OF_ONE_MAX = 60

/** An executor as a life of the agent meets it: what is still to be noted, and when it goes on to report how much. */
const executors = fc.record({
  left: fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 10 }),
  waves: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 20, maxLength: 40 }),
  seed: fc.infiniteStream(fc.nat()),
})

test('whatever never comes and in whatever order the rest does, each counts once; what is done costs nothing', () => {
  fc.assert(fc.property(executors, ({ left, waves, seed }) => {
    const heard = new Heard()
    const reports = [...left]
    const passedOn: number[] = []
    const draw = (from: number[]) => from.splice((seed.next().value as number) % from.length, 1)[0] as number
    let unnoted = [...left]
    for (const wave of waves) {
      const next = Array.from({ length: wave }, (_, index) => 1_001 + reports.length - left.length + index)
      reports.push(...next)
      unnoted.push(...next)
      // Each comes twice, in any order, and most are on disk before the next wave.
      const coming = [...unnoted, ...unnoted]
      while (coming.length > 0) {
        const sequence = draw(coming)
        if (heard.statusOf(sequence) !== 'new') continue
        passedOn.push(sequence)
        heard.passOn(sequence)
      }
      const writing = [...unnoted]
      while (writing.length > unnoted.length / 10) heard.note(draw(writing))
      unnoted = writing
      const bytesMax = BYTES_OF_NONE + (left.length + 1 + 2 * unnoted.length) * BYTES_OF_ONE_MAX
      assert.ok(bytesOf(heard) <= bytesMax, `${bytesOf(heard)} bytes for ${unnoted.length} under way`)
    }
    assert.deepEqual(passedOn.sort(ascending), reports.sort(ascending))
  }))
})

const ascending = (one: number, other: number) => one - other

test('a hundred thousand reports beyond numbers that never come are kept as one range', () => {
  const heard = new Heard()
  for (let sequence = 1_001; sequence <= 101_000; sequence++) heard.note(sequence)
  assert.ok(bytesOf(heard) < BYTES_OF_NONE + 2 * BYTES_OF_ONE_MAX, `${bytesOf(heard)} bytes`)
  const statuses = [1_000, 1_001, 101_000, 101_001].map((sequence) => heard.statusOf(sequence))
  assert.deepEqual(statuses, ['new', 'noted', 'noted', 'new'])
})
