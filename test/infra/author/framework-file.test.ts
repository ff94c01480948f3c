import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AuthorError } from '../../../infra/author/author-error.js'
import { loadFramework, overheard, type AuthorFramework } from '../../../infra/author/framework-file.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('needs that are no resources are refused when the file is loaded', async (t) => {
  const directory = temporaryDirectory(t)
  const write = (name: string, needs: string) => {
    const rest = 'initial: () => 0, receive: (state) => state'
    writeFileSync(join(directory, name), `export default { name: 'mine', needs: ${needs}, ${rest} }\n`)
    return join(directory, name)
  }
  await assert.rejects(loadFramework(write('bad.mjs', '{ cpus: -1 }'), []), (error: unknown) => {
    assert.ok(error instanceof AuthorError)
    assert.match(error.message, /^what the framework of '.*bad\.mjs' needs is wrong: .*cpus/)
    return true
  })
  assert.equal((await loadFramework(write('good.mjs', '{ cpus: 1 }'), [])).name, 'mine')
})

/** Each: what the file exports, and what is said of it. */
const SLIPS: readonly (readonly [exported: string, said: RegExp])[] = [
  ["{ name: 'a', nedds: {}, initial: () => 0, receive: (state) => state }", /'nedds', .*: did you mean 'needs'\?$/],
  ["{ name: 'a', initial: () => 0, recieve: (state) => state }", /'recieve', .*: did you mean 'receive'\?$/],
  ["{ name: 'a', description: '' }", /'description', which no framework has: it may have name, roles, needs, /],
  ['(limit, pieces) => ({})', /has 2 parameters; it is given one, the list .*: write `export default \(\[first, /],
]

test('what no framework has is refused with what was probably meant', async (t) => {
  const file = join(temporaryDirectory(t), 'own.mjs')
  for (const [exported, said] of SLIPS) {
    writeFileSync(file, `export default ${exported}\n`)
    await assert.rejects(loadFramework(file, []), (error: unknown) => {
      assert.ok(error instanceof AuthorError)
      assert.match(error.message, said)
      return true
    })
  }
})

test('a function is given one list of arguments', async (t) => {
  const file = join(temporaryDirectory(t), 'own.mjs')
  writeFileSync(file, 'export default ([first, last]) => ({ name: first + last, initial() {}, receive() {} })\n')
  assert.equal((await loadFramework(file, ['a', 'b'])).name, 'ab')
})

test('a state that is missing is a fault with the place of who should have returned it', () => {
  const told: unknown[] = []
  const hear = (definition: Partial<AuthorFramework>) =>
    overheard({ name: 'a', initial: () => 0, receive: () => 0, ...definition }, () => undefined,
      (error) => told.push((error as Error).stack))
  const ctx = undefined as never
  const { receive } = hear({ receive: () => undefined })
  assert.throws(() => receive(0, { type: 'disconnected' }, ctx), /receive returned no state/)
  assert.throws(() => hear({ initial: () => undefined }).initial(ctx), /initial returned no state/)
  assert.throws(() => hear({ receive: async () => 0 }).receive(0, { type: 'disconnected' }, ctx), /is async/)
  assert.equal(told.length, 3)
  for (const stack of told) assert.match(String(stack), /\n {4}at .*framework-file\.test\.[tj]s:\d+:\d+$/)
  assert.equal(hear({ receive: () => null }).receive(0, { type: 'disconnected' }, ctx), null)
})

test('what is thrown is told once, as it is', () => {
  const told: unknown[] = []
  const error = new Error('oh no')
  const fault = (): never => {
    throw error
  }
  const definition = { name: 'a', initial: () => 0, receive: fault }
  const { receive } = overheard(definition, () => undefined, (each) => told.push(each))
  assert.throws(() => receive(0, { type: 'disconnected' }, undefined as never), error)
  assert.deepEqual(told, [error])
})
