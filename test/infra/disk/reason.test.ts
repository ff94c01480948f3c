import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { codeOf, reasonOf } from '../../../infra/disk/reason.js'

test('a system error is told in words, without its code and call', () => {
  try {
    readFileSync('/no/such/file')
    assert.fail()
  } catch (error) {
    assert.equal(reasonOf(error), 'no such file or directory')
    assert.equal(codeOf(error), 'ENOENT')
  }
  assert.equal(reasonOf(new Error('EIO: i/o error, write')), 'i/o error')
  const twoPaths = new Error("EXDEV: cross-device link not permitted, rename '/a' -> '/b'")
  assert.equal(reasonOf(twoPaths), 'cross-device link not permitted')
  assert.equal(reasonOf(new Error('spawn E2BIG')), 'spawn E2BIG')
})

test('anything else is told as it is', () => {
  assert.equal(reasonOf(new Error('plain')), 'plain')
  assert.equal(reasonOf('text'), 'text')
  assert.equal(codeOf('text'), undefined)
})
