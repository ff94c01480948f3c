import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { UPDATE_OUTPUT_BYTES_MAX } from '../../../actors/protocol/task.js'
import { readShortOutput } from '../../../infra/agent/short-output.js'

function directory(t: TestContext, stdout: string, stderr: string): string {
  const path = mkdtempSync(join(tmpdir(), 'warren-short-'))
  t.after(() => rmSync(path, { recursive: true }))
  writeFileSync(join(path, 'stdout'), stdout)
  writeFileSync(join(path, 'stderr'), stderr)
  return path
}

test('both streams are answered when together they are short', (t) => {
  const { stdout, stderr } = readShortOutput(directory(t, 'abc', 'de'), 5) ?? assert.fail('nothing')
  assert.deepEqual([String(Buffer.from(stdout)), String(Buffer.from(stderr))], ['abc', 'de'])
})

test('nothing is answered when they are longer, or when nobody asked', (t) => {
  assert.equal(readShortOutput(directory(t, 'abc', 'def'), 5), undefined)
  assert.equal(readShortOutput(directory(t, '', ''), 0), undefined)
  assert.equal(readShortOutput('/nowhere', 100), undefined)
  const long = 'x'.repeat(UPDATE_OUTPUT_BYTES_MAX + 1)
  assert.equal(readShortOutput(directory(t, long, ''), 1_000_000), undefined)
})

test('a link that a task has put in the place of its output is not followed', (t) => {
  const path = directory(t, '', '')
  rmSync(join(path, 'stdout'))
  symlinkSync('/etc/hostname', join(path, 'stdout'))
  assert.equal(readShortOutput(path, 1_000), undefined)
})
