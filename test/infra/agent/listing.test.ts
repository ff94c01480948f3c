import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { FILES_LISTED_MAX } from '../../../actors/protocol/files.js'
import { FileRefused } from '../../../infra/agent/confined.js'
import { listFiles } from '../../../infra/agent/listing.js'
import { temporaryDirectory } from './temporary.js'

test('each entry says what it is, how large, and since when', async (t) => {
  const root = temporaryDirectory(t)
  mkdirSync(`${root}/b`)
  writeFileSync(`${root}/a`, 'abc')
  symlinkSync('/etc/passwd', `${root}/c`)
  for (const name of ['a', 'b']) utimesSync(`${root}/${name}`, 1, 1.5)
  const { entries, next } = await listFiles({ root, path: '', entriesMax: 10 })
  assert.equal(next, undefined)
  assert.deepEqual(entries.slice(0, 1), [{ name: 'a', kind: 'file', size: 3, modifiedMs: 1_500 }])
  assert.deepEqual(entries.map(({ name, kind, target }) => [name, kind, target]),
    [['a', 'file', undefined], ['b', 'directory', undefined], ['c', 'link', '/etc/passwd']])
})

test('a directory comes in pages, each entry once and in order, however many there are', async (t) => {
  const root = temporaryDirectory(t)
  const names = Array.from({ length: 2_600 }, (_, number) => `f${String((number * 997) % 2_600).padStart(4, '0')}`)
  for (const name of names) writeFileSync(`${root}/${name}`, '')
  const seen: string[] = []
  for (let after: string | undefined, isMore = true; isMore;) {
    const page = await listFiles({ root, path: '', ...(after === undefined ? {} : { after }), entriesMax: 10_000 })
    assert.ok(page.entries.length <= FILES_LISTED_MAX)
    seen.push(...page.entries.map(({ name }) => name))
    after = page.next
    isMore = after !== undefined
  }
  assert.deepEqual(seen, names.sort())
})

test('a directory of more entries than may be looked through is refused', async (t) => {
  const root = temporaryDirectory(t)
  for (const name of ['a', 'b', 'c']) writeFileSync(`${root}/${name}`, '')
  const wish = { root, path: '', entriesMax: 10 }
  await assert.rejects(listFiles({ ...wish, scannedMax: 2 }), (error) =>
    error instanceof FileRefused && error.refusal === 'too-large')
  assert.equal((await listFiles({ ...wish, scannedMax: 3 })).entries.length, 3)
})
