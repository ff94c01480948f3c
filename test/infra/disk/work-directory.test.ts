import assert from 'node:assert/strict'
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, unlinkSync, writeFileSync,
} from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openWorkDirectory, WorkDirectoryError } from '../../../infra/disk/work-directory.js'
import { bootId, startTicks } from '../../../infra/process-table.js'
import { temporaryDirectory } from '../agent/temporary.js'

const HOLDER = fileURLToPath(new URL('work-directory-holder.js', import.meta.url))

const refusal = (message: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof WorkDirectoryError)
  if (typeof message === 'string') assert.equal(error.message, message)
  else assert.match(error.message, message)
  return true
}

test('it is made for its owner alone, and one that exists keeps its mode', (t) => {
  const path = `${temporaryDirectory(t)}/deep/work`
  openWorkDirectory(path).close()
  assert.equal(statSync(path).mode & 0o777, 0o700)
  const other = `${path}-2`
  mkdirSync(other, { mode: 0o755 })
  openWorkDirectory(other).close()
  assert.equal(statSync(other).mode & 0o777, 0o755)
})

test('closing it leaves nothing and lets the next one in', (t) => {
  const path = temporaryDirectory(t)
  openWorkDirectory(path).close()
  assert.deepEqual(readdirSync(path), [])
  const directory = openWorkDirectory(path)
  assert.equal(directory.path, path)
  directory.close()
})

test('two never share one, not even in one process', (t) => {
  const path = temporaryDirectory(t)
  const directory = openWorkDirectory(path)
  const message =
    `work directory '${path}' is in use by process ${process.pid}; stop it, or choose another with --work-dir`
  assert.throws(() => openWorkDirectory(path), refusal(message))
  assert.deepEqual(readdirSync(path), ['lock'])
  directory.close()
})

test('another process is refused while the owner lives, and let in after kill -9 of it', async (t) => {
  const path = temporaryDirectory(t)
  const holder = fork(HOLDER, [path])
  await once(holder, 'message')
  assert.throws(() => openWorkDirectory(path), refusal(new RegExp(`is in use by process ${holder.pid};`)))
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  openWorkDirectory(path).close()
})

test('a lock whose pid was given to another process, or is of another boot, is stale', (t) => {
  const path = temporaryDirectory(t)
  const start = startTicks(process.pid)
  const [recycled, rebooted] = [`${process.pid} 1 ${bootId()}`, `${process.pid} ${start} other-boot`]
  for (const lock of [recycled, rebooted, 'nonsense']) {
    symlinkSync(lock, `${path}/lock`)
    openWorkDirectory(path).close()
    assert.deepEqual(readdirSync(path), [])
  }
  // Earlier versions locked with a file.
  for (const lock of [`${recycled}\n`, `${rebooted}\n`, '', 'nonsense']) {
    writeFileSync(`${path}/lock`, lock)
    openWorkDirectory(path).close()
    assert.deepEqual(readdirSync(path), [])
  }
})

test('the lock of an earlier version is respected, and an earlier version takes no lock of this one', (t) => {
  const path = temporaryDirectory(t)
  writeFileSync(`${path}/lock`, `${process.pid} ${startTicks(process.pid)} ${bootId()}\n`)
  assert.throws(() => openWorkDirectory(path), refusal(new RegExp(`is in use by process ${process.pid};`)))
  assert.deepEqual(readdirSync(path), ['lock'])
  unlinkSync(`${path}/lock`)
  const directory = openWorkDirectory(path)
  // So it goes about it: it makes a hard link, and reads whose lock it is when there is one.
  writeFileSync(`${path}/draft`, '')
  assert.throws(() => linkSync(`${path}/draft`, `${path}/lock`), { code: 'EEXIST' })
  assert.throws(() => readFileSync(`${path}/lock`), { code: 'ENOENT' })
  directory.close()
})

/** The longest target of a symbolic link that ext4 keeps in the inode. */
const INLINE_TARGET_BYTES_MAX = 59
const PID_MAX = '4194304'
/** After a thousand years. */
const TICKS_MAX = '3155760000000'

test('on a disk that takes not one byte more a dead owner\'s directory is taken over', (t) => {
  const path = temporaryDirectory(t)
  // Of this process every write fails, as with ENOSPC: that holds in any container, without a file system of its own.
  const limit = (bytes: number | 'unlimited') =>
    execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:unlimited`])
  for (const leave of [symlinkSync, (owner: string, lock: string) => writeFileSync(lock, `${owner}\n`)]) {
    leave(`${process.pid} 1 ${bootId()}`, `${path}/lock`)
    limit(0)
    try {
      assert.throws(() => writeFileSync(`${path}/other`, 'x'), { code: 'EFBIG' })
      const directory = openWorkDirectory(path)
      assert.equal(readlinkSync(`${path}/lock`), `${process.pid} ${startTicks(process.pid)} ${bootId()}`)
      directory.close()
    } finally {
      limit('unlimited')
    }
    unlinkSync(`${path}/other`)
    assert.deepEqual(readdirSync(path), [])
  }
  assert.ok([PID_MAX, TICKS_MAX, bootId()].join(' ').length <= INLINE_TARGET_BYTES_MAX)
})

test('closing leaves the lock of another alone', (t) => {
  const path = temporaryDirectory(t)
  const directory = openWorkDirectory(path)
  unlinkSync(`${path}/lock`)
  symlinkSync('1 2 3', `${path}/lock`)
  directory.close()
  assert.equal(readlinkSync(`${path}/lock`), '1 2 3')
})

test('of many processes that want a dead owner\'s directory at once, one gets it', async (t) => {
  const path = temporaryDirectory(t)
  symlinkSync(`${process.pid} 1 ${bootId()}`, `${path}/lock`)
  const holders = Array.from({ length: 6 }, () => fork(HOLDER, [path]))
  t.after(() => Promise.all(holders.map((holder) => holder.kill('SIGKILL') && once(holder, 'exit'))))
  const answers = await Promise.all(holders.map(async (holder) => (await once(holder, 'message'))[0]))
  assert.equal(answers.filter((answer) => answer === 'held').length, 1, JSON.stringify(answers))
})

test('a directory that cannot be written is named, with the reason and the fix', (t) => {
  const path = temporaryDirectory(t)
  writeFileSync(`${path}/file`, '')
  const work = `${path}/file/work`
  assert.throws(
    () => openWorkDirectory(work),
    refusal(`work directory '${work}' is not writable: not a directory; choose another with --work-dir`),
  )
  assert.throws(
    () => openWorkDirectory('/proc/work'),
    refusal(/^work directory '\/proc\/work' is not writable: .+; choose another with --work-dir$/),
  )
})

/** Root may write anywhere, so that a test as root must for a moment be somebody else. */
const NOBODY = 65_534

test('a user who may not write is told so', (t) => {
  const path = temporaryDirectory(t)
  execFileSync('chmod', ['500', path])
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(NOBODY)
  try {
    assert.throws(
      () => openWorkDirectory(path),
      refusal(`work directory '${path}' is not writable: permission denied; choose another with --work-dir`),
    )
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})
