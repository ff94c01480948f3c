import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AuthorError } from '../../../infra/author/author-error.js'
import { loadDefault } from '../../../infra/author/load.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('what an author\'s file throws is shown down to the author\'s last line, and none of ours', async (t) => {
  const file = join(temporaryDirectory(t), 'mine.ts')
  writeFileSync(file, 'const fail = () => { throw new Error("mine") }\nfail()\nexport default 1\n')
  await assert.rejects(loadDefault(file, 'framework'), (error: unknown) => {
    assert.ok(error instanceof AuthorError)
    const [first = '', ...frames] = error.message.split('\n')
    assert.equal(first, `'${file}' failed while it was loaded: Error: mine`)
    assert.deepEqual(frames.map((frame) => /mine\.ts:\d+/.exec(frame)?.[0]), ['mine.ts:1', 'mine.ts:2'])
    return true
  })
})

test('what it throws that is no error is shown as it is', async (t) => {
  const file = join(temporaryDirectory(t), 'mine.mjs')
  writeFileSync(file, 'throw "a word"\n')
  await assert.rejects(loadDefault(file, 'executor'), { message: `'${file}' failed while it was loaded: a word` })
})
