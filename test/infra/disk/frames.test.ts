import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { frameOf, readContents, TITLE } from '../../../infra/disk/frames.js'

const records = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 })
const journals = fc.array(records, { maxLength: 5 })

/** A file of one frame for each group, and where each frame ends. */
function fileOf(groups: readonly (readonly Uint8Array[])[]): { file: Buffer; ends: number[] } {
  const ends = [TITLE.length]
  let file = TITLE
  for (const group of groups) {
    file = Buffer.concat([file, frameOf(group, file.length)])
    ends.push(file.length)
  }
  return { file, ends }
}

const bytesOf = (found: readonly Uint8Array[]): string[] =>
  found.map((record) => Buffer.from(record).toString('hex'))

test('a file torn at any byte reads as the groups that were whole', () => {
  fc.assert(fc.property(journals, (groups) => {
    const { file, ends } = fileOf(groups)
    for (let length = 0; length <= file.length; length += 1) {
      const contents = readContents(file.subarray(0, length))
      const whole = ends.filter((end) => end <= length).length - 1
      assert.ok(contents.kind === 'good')
      assert.equal(contents.bytes, ends[whole] ?? 0)
      assert.deepEqual(bytesOf(contents.records), bytesOf(groups.slice(0, Math.max(0, whole)).flat()))
    }
  }), { numRuns: 50 })
})

test('a last write that left zeros or anything else in its place is cut off', () => {
  fc.assert(fc.property(journals, fc.uint8Array({ minLength: 1, maxLength: 60 }), (groups, rest) => {
    const { file, ends } = fileOf(groups)
    for (const tail of [rest, Buffer.alloc(rest.length)]) {
      const contents = readContents(Buffer.concat([file, tail]))
      assert.ok(contents.kind === 'good')
      assert.equal(contents.bytes, ends.at(-1))
    }
  }))
})

test('any flipped bit before the last frame is damage, in the last frame it cuts that off', () => {
  const cases = fc.tuple(fc.array(records, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(7))
  fc.assert(fc.property(cases, ([groups, where, bit]) => {
    const { file, ends } = fileOf(groups)
    const at = TITLE.length + (where % (file.length - TITLE.length))
    const flipped = Buffer.from(file)
    flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << bit), at)
    const frame = ends.findIndex((end) => end > at)
    const contents = readContents(flipped)
    if (frame < ends.length - 1) assert.deepEqual(contents, { kind: 'damaged', at: ends[frame - 1] })
    else assert.ok(contents.kind === 'good' && contents.bytes === ends[frame - 1])
  }), { numRuns: 300 })
})

test('a frame that somebody hid in a record is never taken for a frame', () => {
  const hidden = frameOf([Buffer.from('forged')], TITLE.length)
  const { file } = fileOf([[hidden], [hidden]])
  const contents = readContents(file.subarray(0, file.length - 1))
  assert.ok(contents.kind === 'good')
  assert.deepEqual(bytesOf(contents.records), bytesOf([hidden]))
})

test('a new file is one whose title is missing, partly written or all zeros', () => {
  for (let length = 0; length < TITLE.length; length += 1) {
    assert.deepEqual(readContents(TITLE.subarray(0, length)), { kind: 'good', records: [], bytes: 0 })
  }
  assert.deepEqual(readContents(Buffer.alloc(4_096)), { kind: 'good', records: [], bytes: 0 })
})

test('another kind of file is foreign', () => {
  for (const text of ['x', 'warren journal 2\n', 'something else altogether']) {
    assert.deepEqual(readContents(Buffer.from(text)), { kind: 'foreign' })
  }
})
