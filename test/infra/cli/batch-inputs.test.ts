import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import fc from 'fast-check'
import { openInputs } from '../../../infra/cli/batch-inputs.js'

async function collect(slabs: AsyncIterable<readonly string[]>): Promise<string[]> {
  const inputs: string[] = []
  for await (const slab of slabs) inputs.push(...slab)
  return inputs
}

test('lines are inputs however the bytes arrive; empty ones are none', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '𝄞', ' ', '\n', '\n') })
  await fc.assert(fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (written, size) => {
    const bytes = Buffer.from(written)
    const pieces = Math.ceil(bytes.length / size)
    const chunks = Array.from({ length: pieces }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
    const { slabs } = openInputs({ isNullSeparated: false }, Readable.from(chunks, { objectMode: false }))
    assert.deepEqual(await collect(slabs), written.split('\n').filter((line) => line !== ''))
  }))
})

test('inputs may end with NUL and hold line ends', async () => {
  const { slabs } = openInputs({ isNullSeparated: true }, Readable.from(['a\nb\0c\0'], { objectMode: false }))
  assert.deepEqual(await collect(slabs), ['a\nb', 'c'])
})

test('a file that cannot be read is named before anything begins', () => {
  const open = (files: readonly string[]) => () =>
    openInputs({ files, isNullSeparated: false }, Readable.from([]))
  assert.throws(open(['/nowhere/x']), /--input: '\/nowhere\/x' cannot be read: no such file or directory/)
  assert.throws(open(['/']), /--input: '\/' cannot be read: it is a directory/)
})

test('a line that no command could take is refused', async () => {
  const stdin = Readable.from(['x'.repeat(1_000_001)], { objectMode: false })
  const { slabs } = openInputs({ isNullSeparated: false }, stdin)
  await assert.rejects(collect(slabs), /more than 1000000 characters; is it one input a line\?/)
})
