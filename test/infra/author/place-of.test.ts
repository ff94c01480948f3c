import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { placeOf } from '../../../infra/author/place-of.js'
import { loadDefault } from '../../../infra/author/load.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('a function of an author\'s file is placed where they have written it', async (t) => {
  const file = join(temporaryDirectory(t), 'own.ts')
  writeFileSync(file, 'interface Gone { n: number }\n\nexport default {\n  receive(gone: Gone) { return gone },\n}\n')
  const { receive } = await loadDefault(file, 'framework') as { receive: () => void }
  assert.match(placeOf(receive) ?? '', /^at \/.*own\.ts:4:\d+$/)
})

test('a function that is in no file has no place', () => {
  assert.equal(placeOf(Math.max), undefined)
})
