import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { violations } from './house.js'
import type { File } from './house/source.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const BINARY = /\.(png|ico|woff2|gz)$/

/** What is or would be committed. */
function tree(): File[] {
  const request = ['ls-files', '-co', '--exclude-standard', '-z']
  const listed = execFileSync('git', request, { cwd: root, encoding: 'utf8' })
  const paths = listed.split('\0').filter((path) => path !== '' && !BINARY.test(path))
  return paths.filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** A small tree that breaks nothing, with a file or two changed. */
function houseWith(changed: Readonly<Record<string, string>>): File[] {
  const sound: Record<string, string> = {
    'README.md': '', 'runtime/README.md': '', 'actors/README.md': '', 'infra/README.md': '',
    'test/README.md': '', 'package.json': '{}', '.gitignore': 'node_modules/\n',
    'runtime/actor.ts': "/** Actor. */\nimport nact from 'nact'\nexport const actor = nact\n",
    'actors/protocol/ids.ts': '/** Ids. */\nexport type Id = string\n',
    'actors/agent/agent.ts': "/** Agent. */\nimport type { Id } from '../protocol/ids.js'\nlet a: Id\n",
    'infra/codec.ts': "/** Codec. */\nimport { Packr } from 'msgpackr'\nexport const x = new Packr()\n",
    'test/actors/agent/agent.test.ts': "import '../../../actors/agent/agent.js'\n",
  }
  return Object.entries({ ...sound, ...changed }).map(([path, text]) => ({ path, text }))
}

test('the tree obeys the rules of the house', () => {
  const found = violations(tree())
  if (found.length > 0) assert.fail(found.join('\n'))
})

test('a small sound tree breaks no rule', () => {
  assert.deepEqual(violations(houseWith({})), [])
})

const registry = ['registry', 'npmjs', 'org'].join('.')
const home = ['', 'home', 'ann', 'warren'].join('/')

/** Each: what is written where (below a doc comment), and what the house says of it. */
const BAD: readonly (readonly [path: string, text: string, said: RegExp])[] = [
  ['src/x.ts', '', /^src: does not belong/],
  ['notes.txt', '', /^notes\.txt: does not belong/],
  ['runtime/x.ts', "import { a } from '../actors/agent/agent.js'\na()", /runtime\/ must not import actors/],
  ['runtime/x.ts', "import type { a } from '../infra/codec.js'", /runtime\/ must not import infra/],
  ['runtime/x.ts', "import fs from 'node:fs'\nfs()", /runtime\/ must not import node:fs/],
  ['runtime/x.ts', "import nact from 'nact'\nnact()", /imports nact, which runtime\/actor\.ts alone/],
  ['infra/x.ts', "import nact from 'nact'\nnact()", /must not import nact; only/],
  ['infra/x.ts', "import amqp from 'amqplib'\namqp()", /must not import amqplib/],
  ['infra/x.ts', "export const packr = await import('msgpackr/pack')", /must not import msgpackr/],
  ['infra/x.ts', "import si from 'systeminformation'\nsi()", /must not import systeminformation/],
  ['infra/x.ts', "import { Gauge } from 'prom-client'\nGauge()", /must not import prom-client/],
  ['infra/x.ts', "import { drive } from '../test/support/drive.js'\ndrive()", /infra\/ must not import test/],
  ['actors/x.ts', "import { codec } from '../infra/codec.js'\ncodec()", /actors\/ must not import infra/],
  ['actors/x.ts', "import { framework } from 'warren'\nframework()", /must not import infra\/author/],
  ['actors/x.ts', "import { join } from 'node:path'\njoin()", /actors\/ must not import node:path/],
  ['actors/x.ts', 'export const now = () => Date.now()', /‘Date\.now’ is time/],
  ['actors/x.ts', 'export const now = () => new Date()', /‘new Date’ is time/],
  ['actors/x.ts', 'export const dice = () => Math.random()', /‘Math\.random’ is chance/],
  ['actors/x.ts', 'setTimeout(() => {}, 5)', /‘setTimeout\(’ is a timer/],
  ['actors/x.ts', 'setImmediate(() => {})', /‘setImmediate\(’ is a timer/],
  ['actors/x.ts', 'export const id = process.pid', /‘process\.pid’ is the world/],
  ['actors/master/master.ts', "import { agent } from '../agent/agent.js'\nagent()", /send it a message/],
  ['actors/protocol/x.ts', "export type { agent } from '../agent/agent.js'", /send it a message/],
  ['actors/frameworks/x.ts', "import { agent } from '../agent/agent.js'\nagent()", /send it a message/],
  ['infra/x.ts', "export { codec } from './codec.js'\nexport * from './y.js'", /a barrel/],
  ['infra/x.ts', 'export const x: any = 1', /‘any’ is a hole/],
  ['infra/x.ts', 'export const x = 1 as any', /‘any’ is a hole/],
  ['infra/x.ts', '// @ts-ignore\nexport const x = 1', /‘@ts-ignore’ is a hole/],
  ['infra/x.ts', '// TODO later\nexport const x = 1', /‘TODO’ is a promise/],
  ['infra/x.ts', 'export class QueueManager {}', /‘Manager’ says nothing/],
  ['infra/x.ts', 'export const helper = 1', /‘helper’ says nothing/],
  ['infra/utils.ts', '', /‘utils’ says nothing/],
  ['infra/camelCase.ts', '', /kebab-case/],
  ['infra/x.ts', 'console.log(1)', /‘console\.log’ prints/],
  ['infra/x.ts', 'x()\n'.repeat(251), /252 lines/],
  ['infra/x.ts', 'x'.repeat(121), /x\.ts:2: more than 120 columns/],
  ['test/infra/codec.test.ts', "test.only('x', () => {})", /‘\.only\(’ leaves tests out/],
  ['test/infra/codec.test.ts', "test.skip('x', () => {})", /‘\.skip\(’ leaves tests out/],
  ['test/infra/gone.test.ts', '', /the tests mirror the tree/],
  ['package-lock.json', JSON.stringify({ resolved: `https://${registry}/x` }), /is true on one machine/],
  ['infra/x.ts', `export const place = '${home}/x'`, /true on one machine/],
]

for (const [path, text, said] of BAD) {
  test(`the house refuses ${path} with ${JSON.stringify(text.slice(0, 90))}`, () => {
    const found = violations(houseWith({ [path]: path.endsWith('.ts') ? `/** X. */\n${text}` : text }))
    assert.ok(found.some((each) => said.test(each)), `it said ${JSON.stringify(found)}`)
    assert.ok(found.every((each) => each.startsWith(path.split('/', 1)[0] ?? '')), found.join('\n'))
  })
}

test('the house refuses a circle of imports, also one of types', () => {
  const found = violations(houseWith({
    'infra/a.ts': "/** A. */\nimport type { B } from './b.js'\nexport type A = B\n",
    'infra/b.ts': "/** B. */\nimport { c } from './c.js'\nexport type B = typeof c\n",
    'infra/c.ts': "/** C. */\nimport type { A } from './a.js'\nexport const c: A = 1\n",
  }))
  assert.deepEqual(found, ['infra/a.ts: imports itself through infra/b.ts → infra/c.ts → infra/a.ts'])
})

test('the house refuses a file that does not say what it is', () => {
  const found = violations(houseWith({ 'infra/x.ts': 'export const x = 1' }))
  assert.deepEqual(found, ['infra/x.ts: does not open with a doc comment that says what it is'])
})

test('the house refuses a room without its README', () => {
  const found = violations(houseWith({}).filter(({ path }) => path !== 'infra/README.md'))
  assert.deepEqual(found, ['infra/README.md: is missing'])
})

test('words in strings, names of properties and tests of many things are no violation', () => {
  const text = [
    '/** X: any agent, the manager of nothing. */',
    "export const text = 'any TODO console.log(1) @ts-ignore'",
    'export const first = Promise.any([])',
    'export const shape = { any: 1 }',
    'export const pattern = /\'any "/',
    'export const other = `setTimeout(`', 'export const utilisation = 0.5', '',
  ].join('\n')
  assert.deepEqual(violations(houseWith({ 'infra/x.ts': text })), [])
})
