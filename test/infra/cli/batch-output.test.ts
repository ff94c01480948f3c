import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { OutputPiece } from '../../../actors/frameworks/batch-outputs.js'
import type { BatchResult } from '../../../actors/frameworks/batch-work.js'
import { OrderedOutput, WAITING_BYTES_MAX, type Sheet } from '../../../infra/cli/batch-output.js'

const piece = (index: number, text: string): OutputPiece =>
  ({ type: 'output', index, taskId: String(index), stream: 'stdout', data: Buffer.from(text) })
const result = (index: number): BatchResult =>
  ({ index, input: '', taskId: String(index), isOk: true, state: 'FINISHED', attempts: 1, durationMs: 0 })

/** A sheet that keeps what is written, and stops being read after so many writes. */
function sheet(writesMax = Infinity): Sheet & { text: string } {
  let writes = 0
  return {
    text: '',
    async write({ data, index }) {
      this.text += `${index}:${Buffer.from(data).toString()} `
      return ++writes < writesMax
    },
    async end({ index }) {
      this.text += `${index}. `
      return true
    },
  }
}

test('one task is written straight through, the others wait until it has ended', async () => {
  const to = sheet()
  const output = new OrderedOutput(to, false)
  await output.piece(piece(2, 'a'))
  assert.equal(to.text, '2:a ')
  await output.piece(piece(1, 'b'))
  await output.piece(piece(2, 'c'))
  assert.equal(to.text, '2:a 2:c ')
  await output.ended(result(2))
  await output.ended(result(1))
  assert.equal(to.text, '2:a 2:c 2. 1:b 1. ')
})

test('in the order of the inputs, a task waits for those before it', async () => {
  const to = sheet()
  const output = new OrderedOutput(to, true)
  await output.piece(piece(2, 'b'))
  await output.ended(result(2))
  await output.ended(result(3))
  assert.equal(to.text, '')
  await output.piece(piece(1, 'a'))
  await output.ended(result(1))
  assert.equal(to.text, '1:a 1. 2:b 2. 3. ')
})

test('what memory cannot hold waits on disk and comes back in order', async () => {
  const to = sheet()
  const output = new OrderedOutput(to, true)
  const large = 'x'.repeat(WAITING_BYTES_MAX)
  await output.piece(piece(2, large))
  await output.piece(piece(3, 'y'))
  await output.piece(piece(3, 'z'))
  for (const index of [3, 2, 1]) await output.ended(result(index))
  assert.equal(to.text, `1. 2:${large} 2. 3:y 3:z 3. `)
  await output.close()
})

test('nothing more is written once nobody reads', async () => {
  const to = sheet(1)
  const output = new OrderedOutput(to, false)
  assert.equal(await output.piece(piece(1, 'a')), false)
  assert.equal(await output.piece(piece(1, 'b')), false)
  assert.equal(to.text, '1:a ')
})

test('however tasks interleave, each comes in one piece and in order', async () => {
  const step = fc.record({ index: fc.integer({ min: 1, max: 6 }), ends: fc.boolean() })
  const many = fc.array(step, { maxLength: 40 })
  await fc.assert(fc.asyncProperty(many, fc.boolean(), async (steps, keepsOrder) => {
    const to = sheet()
    const output = new OrderedOutput(to, keepsOrder)
    const [given, over] = [new Map<number, string>(), new Set<number>()]
    for (const { index, ends } of [...steps, ...[1, 2, 3, 4, 5, 6].map((index) => ({ index, ends: true }))]) {
      if (over.has(index)) continue
      if (ends) over.add(index)
      if (!ends) given.set(index, `${given.get(index) ?? ''}${index}:${over.size} `)
      await (ends ? output.ended(result(index)) : output.piece(piece(index, String(over.size))))
    }
    const blocks = [...to.text.matchAll(/((?:\d+:\d+ )*)(\d+)\. /g)]
      .map(([, text, index]) => [Number(index), text] as const)
    for (const [index, text] of blocks) assert.equal(text, given.get(index) ?? '')
    const order = blocks.map(([index]) => index)
    assert.deepEqual(keepsOrder ? order : [...order].sort(), [1, 2, 3, 4, 5, 6])
  }))
})
