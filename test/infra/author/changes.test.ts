import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Changes } from '../../../infra/author/changes.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('a file that is written or replaced is told, one that is not followed is not', async (t) => {
  const directory = temporaryDirectory(t)
  const [mine, other, draft] = [join(directory, 'mine'), join(directory, 'other'), join(directory, 'draft')]
  for (const file of [mine, other]) writeFileSync(file, '')
  const changes = new Changes()
  t.after(() => changes.close())
  changes.follow([mine])
  writeFileSync(other, 'not followed')
  writeFileSync(mine, 'written')
  assert.equal(await changes.next(), mine)
  writeFileSync(draft, 'as editors do')
  renameSync(draft, mine)
  assert.equal(await changes.next(), mine)
  changes.follow([other])
  writeFileSync(mine, 'followed no more')
  writeFileSync(other, 'followed now')
  assert.equal(await changes.next(), other)
})
