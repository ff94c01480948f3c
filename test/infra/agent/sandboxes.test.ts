import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import {
  openSandboxes, SANDBOX_KEEP_MIN_MS, SANDBOX_KEEP_MS, type SandboxesOptions,
} from '../../../infra/agent/sandboxes.js'
import { temporaryDirectory } from './temporary.js'

const NOW_MS = 1_700_000_000_000

function bench(t: TestContext, more: Partial<SandboxesOptions> = {}) {
  const workDir = temporaryDirectory(t)
  const logged: string[] = []
  mkdirSync(`${workDir}/tasks`)
  const sandboxes = openSandboxes({
    workDir, isHeld: () => false, now: () => NOW_MS, freeShare: async () => 1,
    logger: { log: (level, text) => void logged.push(`${level} ${text}`) }, ...more,
  })
  t.after(() => sandboxes.close())
  return {
    workDir, sandboxes, logged,
    /** A launch with this status, which was last written to so long ago. */
    left(launchId: string, ageMs: number, status = '7\n0\n') {
      const directory = `${workDir}/tasks/${launchId}`
      mkdirSync(`${directory}/sandbox/deep`, { recursive: true })
      writeFileSync(`${directory}/sandbox/deep/file`, 'x')
      writeFileSync(`${directory}/status`, status)
      const seconds = (NOW_MS - ageMs) / 1_000
      utimesSync(`${directory}/status`, seconds, seconds)
    },
    kept: () => readdirSync(`${workDir}/tasks`).sort(),
  }
}

test('what a task has left is kept for a time after its end, then it is removed', async (t) => {
  const { sandboxes, left, kept, workDir, logged } = bench(t)
  left('old', SANDBOX_KEEP_MS)
  left('young', SANDBOX_KEEP_MS - 1_000)
  await sandboxes.sweep()
  assert.deepEqual([kept(), readdirSync(`${workDir}/collected`)], [['young'], []])
  assert.deepEqual(logged, ['info sandboxes of ended tasks were collected'])
})

test('what runs is left alone, however old it is, and so is what the agent still needs', async (t) => {
  const { sandboxes, left, kept } = bench(t, { isHeld: (launchId) => launchId === 'held', keepMs: 0 })
  left('runs', SANDBOX_KEEP_MS, '7\n')
  left('unbegun', SANDBOX_KEEP_MS, '')
  left('held', SANDBOX_KEEP_MS)
  left('over', 0)
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['held', 'runs', 'unbegun'])
})

test('when the disk is short the oldest goes first, until there is room', async (t) => {
  let free = 0.01
  const { sandboxes, left, kept } = bench(t, {
    freeShare: async () => {
      free += 0.02
      return free
    },
  })
  left('a', 3 * SANDBOX_KEEP_MIN_MS)
  left('b', 4 * SANDBOX_KEEP_MIN_MS)
  left('c', 2 * SANDBOX_KEEP_MIN_MS)
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['a', 'c'])
})

test('even then what has just ended can still be read', async (t) => {
  const { sandboxes, left, kept } = bench(t, { freeShare: async () => 0 })
  left('now', SANDBOX_KEEP_MIN_MS - 1)
  left('then', SANDBOX_KEEP_MIN_MS)
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['now'])
})

test('what an earlier life had moved aside is removed', async (t) => {
  const { sandboxes, workDir } = bench(t)
  mkdirSync(`${workDir}/collected/half/sandbox`, { recursive: true })
  await sandboxes.sweep()
  assert.ok(!existsSync(`${workDir}/collected/half`))
})

test('what cannot be removed is told, and the next sweep tries again', async (t) => {
  const { sandboxes, left, logged, kept, workDir } = bench(t)
  left('old', SANDBOX_KEEP_MS)
  mkdirSync(`${workDir}/collected/old/x`, { recursive: true })
  await sandboxes.sweep()
  assert.deepEqual(kept(), [])
  const blind = bench(t, { freeShare: () => Promise.reject(new Error('no such disk')) })
  blind.left('young', 2 * SANDBOX_KEEP_MIN_MS)
  await blind.sandboxes.sweep()
  assert.deepEqual(blind.logged, ['error sandboxes could not be collected'])
  assert.equal(logged.length, 1)
})
