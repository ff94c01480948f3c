import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { FileRefusal } from '../../../actors/protocol/files.js'
import { FileRefused, openWithin, partsOf } from '../../../infra/agent/confined.js'
import { temporaryDirectory } from './temporary.js'

/** A directory with a file inside, and beside it what must not be read. */
function place(t: TestContext): { readonly root: string; readonly beside: string } {
  const base = temporaryDirectory(t)
  const [root, beside] = [`${base}/task`, `${base}/secret`]
  mkdirSync(`${root}/sandbox/deep`, { recursive: true })
  mkdirSync(beside)
  writeFileSync(`${root}/sandbox/inside`, 'inside')
  writeFileSync(`${beside}/key`, 'secret')
  // A name that begins as the directory's does must not be taken for one within it.
  mkdirSync(`${root}-other`)
  writeFileSync(`${root}-other/key`, 'secret')
  return { root, beside }
}

async function read(root: string, path: string): Promise<string> {
  const file = await openWithin(root, path, 'file')
  try {
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

const refused = async (opening: Promise<unknown>, refusal: FileRefusal, path: string): Promise<void> => {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof FileRefused, String(error))
    assert.equal(error.refusal, refusal, `${path}: ${error.message}`)
    return true
  })
}

test('a file within is opened, also by a link that stays within', async (t) => {
  const { root } = place(t)
  symlinkSync('../sandbox/inside', `${root}/sandbox/link`)
  symlinkSync(`${root}/sandbox`, `${root}/by-root`)
  for (const path of ['sandbox/inside', './sandbox//inside', 'sandbox/link', 'by-root/inside']) {
    assert.equal(await read(root, path), 'inside', path)
  }
  await (await openWithin(root, '', 'directory')).close()
  await (await openWithin(root, 'sandbox/deep/', 'directory')).close()
})

test('no path leads out: neither upwards, nor from the root, nor over a link to a file or a directory', async (t) => {
  const { root, beside } = place(t)
  symlinkSync(`${beside}/key`, `${root}/sandbox/to-file`)
  symlinkSync('../../secret/key', `${root}/sandbox/upwards`)
  symlinkSync(beside, `${root}/sandbox/to-directory`)
  symlinkSync('to-file', `${root}/sandbox/twice`)
  symlinkSync('/', `${root}/sandbox/everything`)
  symlinkSync(`${root}-other`, `${root}/sandbox/alike`)
  symlinkSync('/proc/self', `${root}/sandbox/self`)
  for (const path of [
    '..', '../secret/key', 'sandbox/../../secret/key', 'sandbox/..', `${beside}/key`, '/etc/passwd', '//etc/passwd',
    'sandbox/inside\0', 'sandbox/to-file', 'sandbox/upwards', 'sandbox/to-directory/key', 'sandbox/twice',
    'sandbox/everything/etc/passwd', 'sandbox/alike/key', 'sandbox/self/environ', 'sandbox/self/root/etc/passwd',
  ]) await refused(read(root, path), 'outside', path)
  for (const path of ['..', 'sandbox/to-directory', 'sandbox/everything', 'sandbox/alike', '/']) {
    await refused(openWithin(root, path, 'directory'), 'outside', path)
  }
})

test('what is no file is not opened: a pipe would let its writer go, and a device act', async (t) => {
  const { root } = place(t)
  execFileSync('mkfifo', [`${root}/sandbox/pipe`])
  for (const path of ['sandbox/pipe', 'sandbox', '']) await refused(read(root, path), 'not-a-file', path)
  await refused(openWithin(root, 'sandbox/inside', 'directory'), 'not-a-directory', 'sandbox/inside')
  symlinkSync('circle', `${root}/sandbox/circle`)
  await refused(read(root, 'sandbox/circle'), 'failed', 'circle')
  for (const path of ['nothing', 'sandbox/inside/more', `a/${'b'.repeat(300)}`, 'x'.repeat(5_000)]) {
    await assert.rejects(read(root, path), FileRefused)
  }
  await refused(read(root, 'nothing'), 'missing', 'nothing')
  await refused(read(`${root}-gone`, 'nothing'), 'missing', 'no root')
})

test('a task that exchanges a file for a link while it is being opened gains nothing', async (t) => {
  const { root, beside } = place(t)
  const [real, link] = [`${root}/sandbox/real`, `${root}/sandbox/link`]
  writeFileSync(real, 'inside')
  symlinkSync(`${beside}/key`, link)
  const flip = `${root}/sandbox/flip`
  linkSync(real, flip)
  let [isOver, flips] = [false, 0]
  const attack = (async () => {
    for (; !isOver; flips++) {
      // A rename is one step: there is always either the one or the other.
      const next = `${root}/sandbox/next`
      if (flips % 2 === 0) symlinkSync(`${beside}/key`, next)
      else linkSync(real, next)
      renameSync(next, flip)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  const seen = new Set<string>()
  for (let round = 0; round < 300; round++) {
    seen.add(await read(root, 'sandbox/flip').catch((error: FileRefused) => error.refusal))
  }
  isOver = true
  await attack
  assert.ok(!seen.has('secret'), [...seen].join())
  assert.ok(flips > 10)
  unlinkSync(flip)
})

test('whatever a path is made of, its parts are names', () => {
  const part = fc.constantFrom('', '.', '..', 'a', 'b c', '...', 'é')
  fc.assert(fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
    const path = parts.join('/')
    if (path.startsWith('/') || parts.includes('..')) assert.throws(() => partsOf(path), FileRefused)
    else assert.ok(partsOf(path).every((name) => name !== '' && name !== '.' && !name.includes('/')))
  }))
})
