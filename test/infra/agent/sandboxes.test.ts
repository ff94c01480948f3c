import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test, type TestContext } from 'node:test'
import {
  openSandboxes, SANDBOX_KEEP_MIN_MS, SANDBOX_KEEP_MS, type SandboxesOptions,
} from '../../../infra/agent/sandboxes.js'
import { asOrdinaryUser, temporaryDirectory } from './temporary.js'

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

test('what the agent still needs is left alone, however old it is', async (t) => {
  const { sandboxes, left, kept } = bench(t, { isHeld: (launchId) => launchId !== 'over', keepMs: 0 })
  left('runs', SANDBOX_KEEP_MS, '7\n')
  left('unbegun', SANDBOX_KEEP_MS, '')
  left('held', SANDBOX_KEEP_MS)
  left('over', 0)
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['held', 'runs', 'unbegun'])
})

test('what an executor has left over a boot of the machine is collected, though nobody writes its end', async (t) => {
  let laterMs = 0
  const { sandboxes, left, kept } = bench(t, { now: () => Date.now() + laterMs })
  left('executor', 2 * SANDBOX_KEEP_MS, '4194304\n')
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['executor'])
  // The disk's clock counts parts of a millisecond, and this one none.
  laterMs = SANDBOX_KEEP_MS + 1
  await sandboxes.sweep()
  assert.deepEqual(kept(), [])
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

test('what has been made read-only by its task is removed as well', async (t) => {
  await asOrdinaryUser(async () => {
    const { sandboxes, left, kept, logged, workDir } = bench(t)
    for (const launchId of ['deep', 'whole']) left(launchId, SANDBOX_KEEP_MS)
    chmodSync(`${workDir}/tasks/deep/sandbox/deep`, 0o555)
    // Even to be moved it must be writable.
    chmodSync(`${workDir}/tasks/whole`, 0o555)
    mkdirSync(`${workDir}/collected/earlier/sandbox`, { recursive: true })
    writeFileSync(`${workDir}/collected/earlier/sandbox/file`, '')
    chmodSync(`${workDir}/collected/earlier/sandbox`, 0o500)
    await sandboxes.sweep()
    assert.deepEqual([kept(), readdirSync(`${workDir}/collected`)], [[], []])
    assert.deepEqual(logged, ['info sandboxes of ended tasks were collected'])
  })
})

/** A remover that is refused what is named so, until it is let. */
function refusing(t: TestContext, name: string) {
  const refused = new Set([name])
  const remove = async (directory: string) => {
    if (refused.has(basename(directory))) throw new Error(`EACCES: permission denied, rmdir '${directory}/x'`)
    rmSync(directory, { recursive: true })
  }
  const at = bench(t, { remove })
  for (const [index, launchId] of ['first', 'second', 'third'].entries()) {
    at.left(launchId, (5 - index) * SANDBOX_KEEP_MS)
  }
  return { ...at, refused }
}

const COLLECTED = 'info sandboxes of ended tasks were collected'
const NOT_REMOVED = 'error what an ended task has left cannot be removed'

test('what cannot be removed is told once, stands in nobody\'s way, and goes when it can', async (t) => {
  const { sandboxes, left, logged, kept, workDir, refused } = refusing(t, 'first')
  await sandboxes.sweep()
  assert.deepEqual([kept(), readdirSync(`${workDir}/collected`)], [[], ['first']])
  left('fourth', SANDBOX_KEEP_MS)
  await sandboxes.sweep()
  assert.deepEqual([kept(), readdirSync(`${workDir}/collected`)], [[], ['first']])
  assert.deepEqual(logged, [NOT_REMOVED, COLLECTED, COLLECTED])
  refused.clear()
  await sandboxes.sweep()
  assert.deepEqual(readdirSync(`${workDir}/collected`), [])
})

test('what cannot even be moved aside stands in nobody\'s way either', async (t) => {
  const { sandboxes, logged, kept, workDir } = refusing(t, 'second')
  mkdirSync(`${workDir}/collected/second/in-its-place`, { recursive: true })
  await sandboxes.sweep()
  await sandboxes.sweep()
  assert.deepEqual(kept(), ['second'])
  assert.deepEqual(logged, [NOT_REMOVED, NOT_REMOVED, COLLECTED], 'each of the two places once')
})

test('what somebody else removes, or moves away, is forgotten, and the others go on', async (t) => {
  let during: () => void = () => undefined
  const { sandboxes, left, logged, kept, workDir } = bench(t, {
    diskFreeMinShare: 0.5,
    freeShare: async () => {
      during()
      return 0
    },
  })
  const minutes = (count: number) => count * SANDBOX_KEEP_MIN_MS
  left('early', minutes(1) - 1)
  await sandboxes.sweep()
  for (const [launchId, count] of [['a', 5], ['b', 4], ['c', 3]] as const) left(launchId, minutes(count))
  rmSync(`${workDir}/tasks/early`, { recursive: true })
  // While it is about to be moved.
  during = () => rmSync(`${workDir}/tasks/b`, { recursive: true, force: true })
  await sandboxes.sweep()
  assert.deepEqual([kept(), logged], [[], [COLLECTED]])
  left('d', minutes(3))
  rmSync(`${workDir}/collected`, { recursive: true })
  await sandboxes.sweep()
  assert.deepEqual([kept(), logged], [[], [COLLECTED, COLLECTED]], 'the place aside is made anew')
})

test('a disk that does not tell how full it is, is told of, and the next sweep tries again', async (t) => {
  const blind = bench(t, { freeShare: () => Promise.reject(new Error('no such disk')) })
  blind.left('young', 2 * SANDBOX_KEEP_MIN_MS)
  await blind.sandboxes.sweep()
  assert.deepEqual(blind.logged, ['error sandboxes could not be collected'])
  blind.left('old', SANDBOX_KEEP_MS)
  await blind.sandboxes.sweep()
  assert.deepEqual(blind.kept(), ['young'])
})
