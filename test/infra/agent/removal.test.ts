import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { insist, removeAll } from '../../../infra/agent/removal.js'
import { asOrdinaryUser, temporaryDirectory } from './temporary.js'

/** A tree as a task may leave it, with links that lead out of it to a directory beside it. */
function leave(base: string): { readonly left: string; readonly beside: string } {
  const [left, beside] = [`${base}/left`, `${base}/beside`]
  mkdirSync(`${beside}/deep`, { recursive: true })
  writeFileSync(`${beside}/deep/file`, 'x')
  for (const name of ['read-only/deeper', 'unreadable', 'closed/deeper']) {
    mkdirSync(`${left}/${name}`, { recursive: true })
  }
  for (const name of ['read-only/file', 'read-only/deeper/file', 'unreadable/file', 'closed/deeper/file']) {
    writeFileSync(`${left}/${name}`, 'x', { mode: 0o444 })
  }
  symlinkSync('../../beside/deep', `${left}/read-only/link`)
  symlinkSync(`${beside}/deep`, `${left}/closed/link`)
  for (const [name, mode] of [
    ['read-only/deeper', 0o555], ['read-only', 0o555], ['unreadable', 0o300], ['closed/deeper', 0], ['closed', 0],
  ] as const) chmodSync(`${left}/${name}`, mode)
  chmodSync(`${beside}/deep`, 0o555)
  return { left, beside }
}

test('what its owner may not write to is removed all the same, and what links lead to is left as it is', async (t) => {
  await asOrdinaryUser(async () => {
    const base = temporaryDirectory(t)
    const { left, beside } = leave(base)
    await removeAll(left)
    assert.ok(!existsSync(left))
    assert.deepEqual([statSync(`${beside}/deep`).mode & 0o777, readdirSync(`${beside}/deep`)], [0o555, ['file']])
    chmodSync(`${beside}/deep`, 0o755)
  })
})

test('a link in the place of the directory itself changes nothing where it leads to', async (t) => {
  const base = temporaryDirectory(t)
  mkdirSync(`${base}/beside`, { mode: 0o555 })
  symlinkSync('beside', `${base}/link`)
  const refused = Object.assign(new Error('refused'), { code: 'EPERM' })
  await assert.rejects(insist(`${base}/link`, () => Promise.reject(refused)), refused)
  assert.equal(statSync(`${base}/beside`).mode & 0o777, 0o555)
})

test('only what is refused is tried again, and once', async (t) => {
  const base = temporaryDirectory(t)
  for (const [code, expected] of [['EACCES', 2], ['EPERM', 2], ['EIO', 1], ['ENOENT', 1]] as const) {
    let tries = 0
    const failure = Object.assign(new Error(code), { code })
    const act = () => {
      tries++
      return Promise.reject(failure)
    }
    await assert.rejects(insist(base, act), failure)
    assert.equal(tries, expected, code)
  }
})

test('what is already gone is removed', async (t) => {
  await removeAll(`${temporaryDirectory(t)}/nothing`)
})
