import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import { KeptId } from '../../../infra/author/kept-id.js'
import { temporaryDirectory } from '../agent/temporary.js'

const id = 'w-0001' as FrameworkId

test('an id is kept for the next process, in the cluster that it belongs to, until it is forgotten', (t) => {
  const file = join(temporaryDirectory(t), 'below', 'id')
  const first = new KeptId(file)
  assert.equal(first.of('c'), undefined)
  first.subscribed(id, 'c')
  const second = new KeptId(file)
  assert.deepEqual([second.of('c'), second.of('other')], [id, undefined])
  second.forget()
  assert.deepEqual([existsSync(file), new KeptId(file).of('c')], [false, undefined])
})

test('a framework that was to be resumed and never was is refused', (t) => {
  const file = join(temporaryDirectory(t), 'id')
  assert.equal(new KeptId(file).isRefused('c'), false)
  new KeptId(file).subscribed(id, 'c')
  const next = new KeptId(file)
  assert.deepEqual([next.isRefused('c'), next.isRefused('other')], [true, false])
  next.subscribed(id, 'c')
  assert.equal(next.isRefused('c'), false)
})

test('a file that holds something else is left alone', (t) => {
  const file = join(temporaryDirectory(t), 'notes')
  for (const text of ['my notes', '{"cluster":"c"}', '{"cluster":"c","frameworkId":"a/b"}']) {
    writeFileSync(file, text)
    assert.throws(() => new KeptId(file), /holds no framework's id; name a file of its own, that need not exist/)
    assert.equal(readFileSync(file, 'utf8'), text)
  }
  assert.throws(() => new KeptId(join(file, 'below')), /--keep .*below: /)
})
