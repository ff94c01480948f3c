import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { type FrameFile, openFrameFile } from '../../../infra/disk/frame-file.js'
import { readContents } from '../../../infra/disk/frames.js'
import { temporaryDirectory } from '../agent/temporary.js'

const RESERVE_BYTES = 5_000

const pathIn = (t: TestContext): string => `${temporaryDirectory(t)}/frames`
const records = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))

async function open(path: string, reserveBytes = RESERVE_BYTES): Promise<{ file: FrameFile; texts: string[] }> {
  const opened = await openFrameFile(path, reserveBytes)
  assert.equal(opened.kind, 'good')
  const { file, records } = opened as Extract<typeof opened, { kind: 'good' }>
  return { file, texts: records.map((record) => Buffer.from(record).toString()) }
}

/** A file of an earlier version, without a reserve, that holds this. */
async function written(path: string, text: string): Promise<void> {
  const { file } = await open(path, 0)
  await file.append(records(text), 0)
  await file.close()
}

function reservedIn(path: string): number {
  const contents = readContents(readFileSync(path))
  return statSync(path).size - (contents.kind === 'good' ? contents.bytes : 0)
}

/** Files of this process may not grow further than this, as on a full disk. */
const limit = (bytes: number | 'unlimited') =>
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:unlimited`])

async function onFullDisk<T>(path: string, act: () => Promise<T>): Promise<T> {
  limit(statSync(path).size)
  return act().finally(() => limit('unlimited'))
}

test('the reserve is there once a file is opened, be it new, of an earlier version, or torn', async (t) => {
  const path = pathIn(t)
  const { file } = await open(path)
  assert.equal(reservedIn(path), RESERVE_BYTES)
  await file.close()
  for (const torn of ['', 'torn']) {
    const old = `${path}${torn}-old`
    await written(old, 'a')
    writeFileSync(old, torn, { flag: 'a' })
    const next = await open(old)
    assert.deepEqual([next.texts, reservedIn(old)], [['a'], RESERVE_BYTES])
    await next.file.close()
  }
})

test('the reserve is there after every write, one that used it and one that replaced all included', async (t) => {
  const path = pathIn(t)
  const { file } = await open(path)
  for (const floorBytes of [0, RESERVE_BYTES, 100]) {
    await file.append(records('a'), floorBytes)
    assert.equal(reservedIn(path), RESERVE_BYTES)
  }
  await file.replace(records('b'))
  assert.equal(reservedIn(path), RESERVE_BYTES)
  await file.close()
  const next = await open(path)
  assert.deepEqual(next.texts, ['b'])
  await next.file.close()
})

test('after a write that failed half-way the reserve is taken again', async (t) => {
  const path = pathIn(t)
  const { file } = await open(path)
  const long = 'x'.repeat(RESERVE_BYTES)
  await onFullDisk(path, async () => {
    await assert.rejects(file.append(records(long), 0))
    assert.equal(reservedIn(path), RESERVE_BYTES)
    await file.append(records('needed'), 0)
  })
  await file.close()
  assert.deepEqual((await open(path, 0)).texts, ['needed'])
})

test('a disk without room for a reserve is no reason not to open, to replace or to write what fits', async (t) => {
  const path = pathIn(t)
  await written(path, 'x'.repeat(100))
  await onFullDisk(path, async () => {
    const { file } = await open(path)
    await assert.rejects(file.append(records('needed'), 0), 'it had none')
    await file.replace(records('b'))
    await file.append(records('needed'), 0)
    await assert.rejects(file.append(records('c'), RESERVE_BYTES))
    await file.close()
  })
  assert.deepEqual((await open(path, 0)).texts, ['b', 'needed'])
})

test('once there is room again, so is the reserve', async (t) => {
  const path = pathIn(t)
  const { file } = await open(path)
  await onFullDisk(path, () => file.append(records('needed'), 0))
  assert.ok(reservedIn(path) < RESERVE_BYTES)
  await file.append(records('needed'), 0)
  assert.equal(reservedIn(path), RESERVE_BYTES)
  await file.close()
})
