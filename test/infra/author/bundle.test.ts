import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { AuthorError } from '../../../infra/author/author-error.js'
import { bundle } from '../../../infra/author/bundle.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('an author\'s own files are bundled, and each keeps its place', async (t) => {
  const directory = temporaryDirectory(t)
  const [main, part] = [join(directory, 'main.ts'), join(directory, 'part.ts')]
  writeFileSync(main, "import { part } from './part.js'\nexport default [part, import.meta.url] as const\n")
  writeFileSync(part, 'export const part: string[] = [import.meta.filename, import.meta.dirname]\n')
  const { code, inputs } = await bundle(main, join(directory, 'out.mjs'))
  assert.deepEqual([...inputs].sort(), [main, part])
  const places = [pathToFileURL(main).href, part, directory]
  assert.deepEqual(places.filter((place) => !code.includes(JSON.stringify(place))), [])
  assert.match(code, /sourceMappingURL=data:/)
})

test('packages stay where they are, warren is this build, and Node\'s own modules are Node\'s', async (t) => {
  const directory = temporaryDirectory(t)
  const place = join(directory, 'node_modules', 'own')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"exports":{"import":"./it.mjs"}}')
  writeFileSync(join(place, 'it.mjs'), 'export const own = 1')
  const main = join(directory, 'main.mjs')
  const imports = "import 'warren'\nimport { own } from 'own'\nimport fs from 'fs'\n"
  writeFileSync(main, `${imports}export default [own, fs]\n`)
  const { code } = await bundle(main, join(directory, 'out.mjs'))
  const imported = [...code.matchAll(/^import .*?"(.*?)";$/gm)].map(([, name = '']) => name)
  assert.deepEqual(imported.filter((name) => !name.endsWith('/bin/author.js')), [
    pathToFileURL(join(place, 'it.mjs')).href, 'fs',
  ])
  assert.equal(imported.length, 3)
})

test('what does not parse is named by file, line and column, each mistake once', async (t) => {
  const directory = temporaryDirectory(t)
  const [main, part] = [join(directory, 'main.ts'), join(directory, 'part.ts')]
  writeFileSync(main, "import './part.js'\nimport './nowhere.js'\n")
  writeFileSync(part, '\nlet a = ;\n')
  await assert.rejects(bundle(main, join(directory, 'out.mjs')), (error) => {
    assert.ok(error instanceof AuthorError)
    assert.deepEqual(error.message.split('\n').sort(), [
      `${main}:2:8: Could not resolve "./nowhere.js"`, `${part}:2:9: Unexpected ";"`,
    ])
    return true
  })
})
