import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Journal, type JournalEvent, openJournal, WAITING_BYTES_MAX } from '../../../infra/agent/journal.js'
import { FRAME_PAYLOAD_BYTES_MAX, readContents, TITLE } from '../../../infra/disk/frames.js'
import { Inbox } from './inbox.js'
import { temporaryDirectory } from './temporary.js'

type Entry = string | number

const inbox = () => new Inbox<JournalEvent>()

const open = (path: string, { tell }: Inbox<JournalEvent>, reserveBytes = 0): Promise<Journal<Entry>> =>
  openJournal<Entry>({
    path, reserveBytes,
    encode: (entry) => Buffer.from(JSON.stringify(entry)),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as Entry,
    tell,
  })

/** Closes it and opens it again, as a new life of the agent would. */
async function reopen(journal: Journal<Entry>, path: string): Promise<readonly Entry[]> {
  await journal.close()
  const next = await open(path, inbox())
  await next.close()
  return next.entries
}

const pathIn = (t: TestContext): string => `${temporaryDirectory(t)}/journal`

test('entries come back in order after the journal is opened again', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  assert.deepEqual(journal.entries, [])
  journal.request({ type: 'append', entries: ['a', 1], token: 1, replyTo: box.ref })
  assert.deepEqual(await box.next(), { type: 'journaled', token: 1 })
  journal.request({ type: 'append', entries: ['b'], token: 2, replyTo: box.ref })
  assert.deepEqual(await box.next(), { type: 'journaled', token: 2 })
  assert.deepEqual(await reopen(journal, path), ['a', 1, 'b'])
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('what is asked in one turn becomes one write, answered in order', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const empty = statSync(path).size
  for (let token = 0; token < 100; token += 1) {
    journal.request({ type: 'append', entries: [token], token, replyTo: box.ref })
  }
  let lengths = 0
  for (let token = 0; token < 100; token += 1) {
    assert.deepEqual(await box.next(), { type: 'journaled', token })
    lengths += 4 + String(token).length
  }
  assert.equal(statSync(path).size - empty, 8 + lengths)
  assert.equal((await reopen(journal, path)).length, 100)
})

test('a rewrite takes the place of everything before it, between appends', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const requests: ['append' | 'rewrite', Entry[]][] = [
    ['append', ['a']], ['append', ['b']], ['rewrite', ['ab']], ['append', ['c']], ['append', []],
  ]
  for (const [token, [type, entries]] of requests.entries()) {
    journal.request({ type, entries, token, replyTo: box.ref })
  }
  for (const token of requests.keys()) assert.deepEqual(await box.next(), { type: 'journaled', token })
  assert.equal(existsSync(`${path}.new`), false)
  assert.deepEqual(await reopen(journal, path), ['ab', 'c'])
})

test('a rewrite of more than one frame holds stays one act', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const entries = Array.from({ length: 3 }, (_, n) => String(n).repeat(FRAME_PAYLOAD_BYTES_MAX / 2))
  journal.request({ type: 'rewrite', entries, token: 1, replyTo: box.ref })
  assert.equal((await box.next()).type, 'journaled')
  assert.deepEqual(await reopen(journal, path), entries)
})

test('a rewrite may be longer than what may wait, and appends that come meanwhile are taken', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const entries = Array.from({ length: 9 }, () => 'x'.repeat(WAITING_BYTES_MAX / 8))
  journal.request({ type: 'rewrite', entries, token: 1, replyTo: box.ref })
  journal.request({ type: 'append', entries: ['more'], token: 2, replyTo: box.ref })
  assert.deepEqual([await box.next(), await box.next()], [1, 2].map((token) => ({ type: 'journaled', token })))
  assert.equal((await reopen(journal, path)).length, 10)
})

test('torn at any byte, in its reserve or without one, it opens with what was whole and works on', async (t) => {
  const directory = temporaryDirectory(t)
  const few = { minLength: 1, maxLength: 3 }
  const groups = fc.array(fc.array(fc.integer(), few), few)
  let run = 0
  await fc.assert(fc.asyncProperty(groups, fc.nat(), fc.constantFrom(0, 100), async (written, cut, reserveBytes) => {
    const [path, box] = [`${directory}/${run++}`, inbox()]
    const journal = await open(path, box, reserveBytes)
    const ends = [framesEnd(path)]
    for (const entries of written) {
      journal.request({ type: 'append', entries, token: 0, replyTo: box.ref })
      await box.next()
      ends.push(framesEnd(path))
    }
    await journal.close()
    // What makes it a journal is durable before there is a reserve.
    const least = reserveBytes === 0 ? 0 : TITLE.length
    const length = least + cut % ((ends.at(-1) ?? 0) + 1 - least)
    const size = reserveBytes === 0 ? length : statSync(path).size
    truncateSync(path, length)
    truncateSync(path, size) // What was not written of a reserve is zeros.
    const next = await open(path, box, reserveBytes)
    const whole = Math.max(0, ends.filter((end) => end <= length).length - 1)
    assert.deepEqual(next.entries, written.slice(0, whole).flat())
    next.request({ type: 'append', entries: ['more'], token: 0, replyTo: box.ref })
    assert.equal((await box.next()).type, 'journaled')
    assert.deepEqual(await reopen(next, path), [...written.slice(0, whole).flat(), 'more'])
  }), { numRuns: 200 })
})

test('damage before the end is refused, naming the file, and the file is left alone', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const start = statSync(path).size
  for (const entry of ['a', 'b']) {
    journal.request({ type: 'append', entries: [entry], token: 0, replyTo: box.ref })
    await box.next()
  }
  await journal.close()
  const damaged = readFileSync(path)
  damaged.writeUInt8(damaged.readUInt8(start + 12) ^ 1, start + 12)
  writeFileSync(path, damaged)
  await assert.rejects(open(path, box), {
    message: `journal '${path}' is damaged at byte ${start}, with intact entries behind it; ` +
      'restore it, or move it away and start without what this agent remembers',
  })
  assert.ok(readFileSync(path).equals(damaged))
})

test('a file that is no journal, or of another version, is refused and left alone', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  writeFileSync(path, 'precious')
  await assert.rejects(open(path, box), { message: `'${path}' is no journal of Warren's` })
  assert.equal(readFileSync(path, 'utf8'), 'precious')
  const other = `${path}-2`
  const journal = await open(other, box)
  journal.request({ type: 'append', entries: ['a'], token: 0, replyTo: box.ref })
  await box.next()
  await journal.close()
  const decode = () => { throw new Error('unknown kind') }
  await assert.rejects(openJournal({ path: other, encode: () => Buffer.alloc(0), decode, tell: box.tell }), {
    message: `journal '${other}' holds an entry that this version cannot read: unknown kind`,
  })
})

test('what cannot be written fails alone, in its turn; a refused rewrite forgets nothing', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const large = 'x'.repeat(FRAME_PAYLOAD_BYTES_MAX)
  journal.request({ type: 'append', entries: ['a'], token: 1, replyTo: box.ref })
  journal.request({ type: 'rewrite', entries: [large], token: 2, replyTo: box.ref })
  journal.request({ type: 'append', entries: ['b'], token: 3, replyTo: box.ref })
  assert.deepEqual(await box.next(), { type: 'journaled', token: 1 })
  const refused = await box.next()
  assert.match(refused.type === 'journal-failed' ? refused.reason : '', /an entry of \d+ bytes is too large$/)
  assert.deepEqual(await box.next(), { type: 'journaled', token: 3 })
  assert.deepEqual(await reopen(journal, path), ['a', 'b'])
})

/** Files of this process may not grow further than this: the next write is cut short, as on a full disk. */
const limit = (bytes: number | 'unlimited') =>
  execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}:unlimited`])

test('on a full disk it fails with the reason, and works on when there is room again', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box)
  const append = async (entry: Entry) => {
    journal.request({ type: 'append', entries: [entry], token: 0, replyTo: box.ref })
    return box.next()
  }
  assert.equal((await append('a')).type, 'journaled')
  limit(statSync(path).size + 20)
  const failed = await append('x'.repeat(100)).finally(() => limit('unlimited'))
  assert.deepEqual(failed, { type: 'journal-failed', token: 0, reason: `journal '${path}': file too large` })
  assert.equal((await append('b')).type, 'journaled')
  assert.deepEqual(await reopen(journal, path), ['a', 'b'])
})

test('on a full disk each is written down to its floor, in its turn', async (t) => {
  const [path, box] = [pathIn(t), inbox()]
  const journal = await open(path, box, 100)
  const ask = (token: number, entry: Entry, floorBytes: number) =>
    journal.request({ type: 'append', entries: [entry], floorBytes, token, replyTo: box.ref })
  ask(1, 'a', 100)
  assert.equal((await box.next()).type, 'journaled')
  limit(statSync(path).size)
  try {
    // Each is 22 bytes on disk.
    const floors = [100, 70, 70, 0, 70]
    for (const [token, floorBytes] of floors.entries()) ask(token, `needed ${token}`, floorBytes)
    const told: string[] = []
    for (const _ of floors) told.push(await box.next().then(({ type, token }) => `${token} ${type}`))
    assert.deepEqual(told,
      ['0 journal-failed', '1 journal-failed', '2 journal-failed', '3 journaled', '4 journal-failed'])
    ask(5, 'x'.repeat(100), 0)
    assert.equal((await box.next()).type, 'journal-failed', 'the reserve ends too')
  } finally {
    limit('unlimited')
  }
  ask(6, 'b', 100)
  assert.equal((await box.next()).type, 'journaled')
  assert.deepEqual(await reopen(journal, path), ['a', 'needed 3', 'b'])
})

function framesEnd(path: string): number {
  const contents = readContents(readFileSync(path))
  return contents.kind === 'good' ? contents.bytes : 0
}
