import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AuthorError } from '../../../infra/author/author-error.js'
import { loadFramework } from '../../../infra/author/framework-file.js'
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
