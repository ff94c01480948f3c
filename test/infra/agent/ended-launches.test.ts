import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync,
} from 'node:fs'
import { test, type TestContext } from 'node:test'
import { endedLaunches } from '../../../infra/agent/ended-launches.js'
import { MARK } from '../../../infra/agent/shim.js'
import { readStatus } from '../../../infra/agent/task-directory.js'
import { temporaryDirectory } from './temporary.js'

const THEN_MS = 1_700_000_000_000

function bench(t: TestContext, isHeld: (launchId: string) => boolean = () => false) {
  const workDir = temporaryDirectory(t)
  const known = new Map<string, number>()
  const place = (launchId: string) => `${workDir}/tasks/${launchId}`
  const at = (path: string, atMs: number) => utimesSync(`${workDir}/tasks/${path}`, atMs / 1_000, atMs / 1_000)
  mkdirSync(`${workDir}/tasks`)
  return {
    workDir, place, at,
    /** A launch with this status. */
    left(launchId: string, status: string, atMs = THEN_MS) {
      mkdirSync(`${place(launchId)}/sandbox`, { recursive: true })
      writeFileSync(`${place(launchId)}/status`, status)
      at(`${launchId}/status`, atMs)
    },
    ends: () => endedLaunches(workDir, isHeld, known),
    ended: async () => (await endedLaunches(workDir, isHeld, known)).map(({ launchId }) => launchId).sort(),
    endOf: (launchId: string) => readStatus(place(launchId))?.end,
  }
}

test('a launch has ended when its status says so, and the oldest end is first', async (t) => {
  const { left, ends } = bench(t)
  left('b', '7\n0\n', THEN_MS + 1_000)
  left('a', '7\n0\n', THEN_MS + 2_000)
  left('c', '7\nvanished\n')
  const [c, b, a] = [0, 1_000, 2_000].map((afterMs) => THEN_MS + afterMs)
  assert.deepEqual(await ends(), [
    { launchId: 'c', endedAtMs: c }, { launchId: 'b', endedAtMs: b }, { launchId: 'a', endedAtMs: a },
  ])
})

test('what is held has not ended, whatever its status, and nothing is written of it', async (t) => {
  const held = new Set(['over', 'runs', 'unbegun'])
  const { left, ended, endOf, place } = bench(t, (launchId) => held.has(launchId))
  left('over', '7\n0\n')
  left('runs', '4194304\n')
  mkdirSync(place('unbegun'))
  assert.deepEqual([await ended(), endOf('runs'), readdirSync(place('unbegun'))], [[], undefined, []])
  held.clear()
  assert.deepEqual(await ended(), ['over', 'runs', 'unbegun'])
})

test('what still runs has not ended, though nobody holds it: the shim of a status, and what bears a mark', {
  timeout: 20_000,
}, async (t) => {
  const { left, ended, endOf, place } = bench(t)
  for (const launchId of ['shim', 'marked']) left(launchId, '')
  const status = openSync(`${place('shim')}/status`, 'a')
  const shim = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', status] })
  closeSync(status)
  writeFileSync(`${place('shim')}/status`, `${shim.pid}\n`)
  // What says something is the program that bears the mark, and no more a fork of ours.
  const marked = spawn('sh', ['-c', 'echo; exec sleep 60'], {
    env: { ...process.env, [MARK]: place('marked') }, stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.after(() => Promise.all([shim, marked].map(end)))
  await once(marked.stdout, 'data')
  assert.deepEqual([await ended(), endOf('shim'), endOf('marked')], [[], undefined, undefined])
  await Promise.all([shim, marked].map(end))
  assert.deepEqual([await ended(), endOf('shim'), endOf('marked')], [['marked', 'shim'], 'vanished', 'vanished'])
})

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('of what nobody has written the end, it is written when that is noticed, and counts from then', async (t) => {
  const { left, ends, endOf, place } = bench(t)
  for (const [launchId, status] of [['begun', '4194304\n'], ['torn', '419'], ['empty', '']] as const) {
    left(launchId, status)
  }
  mkdirSync(`${place('unbegun')}/sandbox`, { recursive: true })
  const beforeMs = Date.now() - 1_000
  const found = await ends()
  assert.deepEqual(found.map(({ launchId }) => launchId).sort(), ['begun', 'empty', 'torn', 'unbegun'])
  for (const { launchId, endedAtMs } of found) {
    assert.deepEqual([endOf(launchId), endedAtMs >= beforeMs], ['vanished', true], launchId)
  }
  assert.deepEqual(await ends(), found)
})

test('where no end can be written it has ended when it last wrote anything', async (t) => {
  const { left, ends, at, place } = bench(t)
  for (const launchId of ['old', 'young']) {
    left(launchId, '')
    // As unwritable as one on a full disk, also to root.
    rmSync(`${place(launchId)}/status`)
    mkdirSync(`${place(launchId)}/status`)
    writeFileSync(`${place(launchId)}/stdout`, '')
    for (const name of ['status', 'sandbox', 'stdout', '.']) at(`${launchId}/${name}`, THEN_MS)
  }
  at('young/stdout', THEN_MS + 1_000)
  assert.deepEqual(await ends(), [
    { launchId: 'old', endedAtMs: THEN_MS }, { launchId: 'young', endedAtMs: THEN_MS + 1_000 },
  ])
})

test('a launch whose shim could only complain has ended too, and that is written once', async (t) => {
  const { left, ended, endOf, place, workDir } = bench(t)
  left('words', 'sh: cannot fork\n1\n')
  assert.deepEqual([await ended(), endOf('words')], [['words'], 'vanished'])
  const next = await endedLaunches(workDir, () => false, new Map())
  const status = readFileSync(`${place('words')}/status`, 'utf8')
  assert.deepEqual([next.length, status], [1, 'sh: cannot fork\n1\nvanished\n'])
})

test('what is not there any more is forgotten', async (t) => {
  const { left, ended, place } = bench(t)
  for (const launchId of ['a', 'b']) left(launchId, '7\n0\n')
  assert.deepEqual(await ended(), ['a', 'b'])
  rmSync(place('a'), { recursive: true })
  assert.deepEqual(await ended(), ['b'])
})

test('what is no directory of a launch is nobody\'s end', async (t) => {
  const { ended, place, workDir } = bench(t)
  mkdirSync(place('lost+found'))
  mkdirSync(`${workDir}/elsewhere`)
  writeFileSync(place('notes'), '')
  symlinkSync('../elsewhere', place('link'))
  assert.deepEqual([await ended(), readdirSync(`${workDir}/elsewhere`)], [[], []])
})
