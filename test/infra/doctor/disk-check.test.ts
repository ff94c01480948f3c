import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { diskCheck } from '../../../infra/doctor/disk-check.js'
import { temporaryDirectory } from '../agent/temporary.js'

const space = (freeMb: number, totalMb: number) => () => ({ freeMb, totalMb })

test('a work directory that can be made is well, and is not made', (t) => {
  const directory = temporaryDirectory(t)
  const workDir = join(directory, 'a', 'b')
  const { level, says } = diskCheck(workDir, space(50_000, 100_000))
  assert.deepEqual([level, says], ['well', `50000 MB of 100000 MB are free for '${workDir}', which is writable`])
  assert.equal(existsSync(join(directory, 'a')), false)
  assert.deepEqual(readdirSync(directory), [], 'what it tried is gone')
})

test('where nobody can write a work directory is a problem', () => {
  const { level, says, fix } = diskCheck('/proc/warren')
  assert.equal(level, 'problem')
  assert.match(says, /^'\/proc', where the work directory '\/proc\/warren' would be, is not writable: /)
  assert.match(fix ?? '', /--work-dir/)
})

test('a disk that is nearly full is a warning, then a problem', (t) => {
  const directory = temporaryDirectory(t)
  const levels = ([[10, 100_000], [900, 10_000], [4_000, 100_000], [6_000, 100_000]] as const)
    .map(([free, total]) => diskCheck(directory, space(free, total)).level)
  assert.deepEqual(levels, ['problem', 'warning', 'warning', 'well'])
})
