import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { NoTraceFile, readTraceFile, TITLE, TraceFileWriter } from '../../../infra/trace/trace-file.js'
import { handled, hop } from './hops.js'

function place(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-trace-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'a.trace')
}

async function read(path: string) {
  const parts = []
  for await (const part of readTraceFile(path)) parts.push(part)
  return parts
}

const PARTS = [handled(1, 10), handled(2, 20), [hop('dropped', 3, 30, { reason: 'expired' })]]

async function written(path: string): Promise<void> {
  const writer = await TraceFileWriter.create(path)
  for (const [index, records] of PARTS.entries()) await writer.write(records, index)
  await writer.close()
}

test('a recording is read as it was written, and never overwritten', async (t) => {
  const path = place(t)
  await written(path)
  assert.deepEqual(await read(path), PARTS.map((records, missed) => ({ records, missed })))
  await assert.rejects(TraceFileWriter.create(path), { code: 'EEXIST' })
})

test('wherever a recording breaks off, it is read as far as it is whole', async (t) => {
  const path = place(t)
  await written(path)
  const whole = readFileSync(path)
  let before = 0
  for (let length = TITLE.length; length <= whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    const parts = await read(path)
    assert.deepEqual(parts.map(({ records }) => records), PARTS.slice(0, parts.length))
    assert.ok(parts.length >= before)
    before = parts.length
  }
  assert.equal(before, PARTS.length)
  const damaged = Buffer.from(whole)
  damaged[whole.length - 3] = ~(whole[whole.length - 3] ?? 0) & 0xff
  writeFileSync(path, damaged)
  assert.equal((await read(path)).length, PARTS.length - 1)
})

test('a file of another kind, or of a later version, is refused', async (t) => {
  const path = place(t)
  for (const text of ['', 'warren trace 2\nxxxxxxxx', 'something else entirely']) {
    writeFileSync(path, text)
    await assert.rejects(read(path), NoTraceFile)
  }
})
