import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { asCalled, invocation, nextSteps } from '../../../infra/cli/invocation.js'
import { COMMANDS } from '../../../infra/cli/table.js'
import { LAUNCHER, ROOT, warren } from '../../support/command-line.js'

test('a command line is shown as this program was called', () => {
  const linked = '/srv/warren/node_modules/.bin/warren'
  const launcher = '/srv/warren/infra/bin/warren.mjs'
  const said = (called: string, environment = {}) => invocation(called, environment)
  assert.equal(said(linked, { npm_command: 'exec', PATH: '/srv/warren/node_modules/.bin:/bin' }), 'npx warren')
  assert.equal(said(launcher, { npm_command: 'start' }), 'npx warren')
  assert.equal(said('/usr/local/bin/warren', { PATH: '/bin:/usr/local/bin' }), 'warren')
  assert.equal(said(linked, { PATH: '/bin' }), linked)
  assert.equal(said(launcher, { PATH: '/bin' }), `node ${launcher}`)
  assert.equal(said('/my own/warren'), "'/my own/warren'")
  assert.equal(said(join(process.cwd(), 'warren')), './warren')
  assert.equal(said('/some/test.js'), 'warren')
})

test('only command lines are put into these words', () => {
  const text = 'a warren runs; see `warren task list`, warren-1 or npx warren run'
  assert.equal(asCalled(text), text)
})

test('what to do next leads to the same cluster', () => {
  const options = { master: 'http://127.0.0.1:7', workDir: '/my dir', json: true }
  assert.equal(nextSteps('done\nsee it: warren task list\n', options),
    "done\nsee it: warren task list --master http://127.0.0.1:7 --work-dir '/my dir'\n")
  assert.equal(nextSteps('see it: warren task list', {}), 'see it: warren task list')
  assert.equal(nextSteps('`warren role list` says why', { cluster: 'prod' }),
    '`warren role list --cluster prod` says why')
})

test('every command is known as the beginning of a command line', (t) => {
  const [, called = ''] = process.argv
  t.after(() => { process.argv[1] = called })
  process.argv[1] = '/opt/warren'
  for (const { name } of COMMANDS) assert.equal(asCalled(`see \`warren ${name}\``), `see \`/opt/warren ${name}\``)
})

test('help, hints and errors can be pasted as they stand', async (t) => {
  const environment = { PATH: '/bin:/usr/bin' }
  const help = await warren(t, ['agent', 'drain', '--help'], { environment, directory: ROOT })
  const called = LAUNCHER.slice(ROOT.length).replace(/^\/?/, '')
  assert.ok(help.stdout.startsWith(`Usage: ${called} agent drain `), help.stdout)
  assert.ok(help.stdout.includes(`\n  ${called} agent drain 3f9k2a-S0 --gone\n`), help.stdout)
  const refused = await warren(t, ['agent', 'drain', ' '], { environment, directory: ROOT })
  assert.equal(refused.stderr, `warren: an empty word is no agent; see \`${called} agent list\`\n`)
})
