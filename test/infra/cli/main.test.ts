import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMANDS } from '../../../infra/cli/table.js'
import { ROOT, warren } from '../../support/command-line.js'

/** Each: a command line, the one line that it is answered with, and the exit code. */
const WRONG: readonly (readonly [line: string, said: RegExp, code: number])[] = [
  ['frobnicate', /^warren: 'frobnicate' is no command; see warren --help\n$/, 2],
  ['exampel offers', /^warren: 'exampel offers' is no command; did you mean 'warren example offers'\?\n$/, 2],
  ['framework', /^warren: 'framework' is no command; there are: framework run, .*\n$/, 2],
  ['agent lst', /^warren: 'agent lst' is no command; did you mean 'warren agent list'\?\n$/, 2],
  ['agent frobnicate', /^warren: 'agent frobnicate' is no command; there are: agent list, .*\n$/, 2],
  ['task lgos', /^warren: 'task lgos' is no command; did you mean 'warren task logs'\?\n$/, 2],
  ['dev --agent 3', /^warren: unknown option '--agent' \(Did you mean --agents\?\)\n$/, 2],
  ['dev --nonsense', /^warren: unknown option '--nonsense'; see `warren dev --help`\n$/, 2],
  ['dev --agents', /^warren: option '--agents <number>' argument missing; see `warren dev --help`\n$/, 2],
  ['dev surplus', /^warren: too many arguments: expected 0 arguments but got 1; see `warren dev --help`\n$/, 2],
  ['dev --agents 0', /^warren: --agents '0' is no number of agents: write 1 to 64\n$/, 2],
  ['dev --cluster a/b', /^warren: --cluster 'a\/b' is no name of a cluster: use letters, digits, .*\n$/, 2],
  ['run --cluster .. -- x', /^warren: --cluster '\.\.' is no name of a cluster: .*\n$/, 2],
  ['agent list --cluster a@b', /^warren: --cluster 'a@b' is no name of a cluster: .*\n$/, 2],
  ['help nonsense', /^warren: 'nonsense' is no command; /, 2],
  ['framework run', /^warren: missing required argument 'file'; see `warren framework run --help`\n$/, 2],
  ['master', /^warren: a master meets its cluster at a RabbitMQ: name it with --broker; .*`warren dev`\n/, 2],
  ['agent', /^warren: an agent meets its cluster at a RabbitMQ: name it with --broker; .*`warren dev`\n/, 2],
  ['master --broker http://x', /^warren: the broker is no AMQP URL: write it as amqp:\/\/.*\n$/, 2],
  ['master --broker amqp://x --ip 0.0.0.0', /^warren: --ip 0\.0\.0\.0 .*no authentication yet.*\n$/, 2],
  ['agent --broker amqp://x --resources cpus:x', /^warren: --resources 'cpus:x': .*\n$/, 2],
  ['dev --work-dir /dev/null/x', /^warren: work directory '\/dev\/null\/x' is not writable: .*-dir\n$/, 3],
  ['agent --broker amqp://x --work-dir /dev/null/x', /^warren: work directory .* is not writable: .*\n$/, 3],
]

for (const [line, said, code] of WRONG) {
  test(`\`warren ${line}\` is answered with one line and exit code ${code}`, async (t) => {
    const ended = await warren(t, line.split(' '))
    assert.match(ended.stderr, said)
    assert.deepEqual([ended.code, ended.stdout], [code, ''])
  })
}

test('the overview names every command, and every command has a help text with examples', async (t) => {
  const overview = await warren(t, [])
  assert.equal(overview.code, 0)
  for (const { name, summary, load } of COMMANDS) {
    assert.ok(overview.stdout.includes(name) && overview.stdout.includes(summary), name)
    assert.ok((await load()).command.examples.length > 0, name)
  }
  const help = await warren(t, ['framework', 'run', '--help'])
  assert.equal(help.code, 0)
  assert.match(help.stdout, /^Usage: warren framework run .*<file>/)
  assert.match(help.stdout, /Examples:\n {2}warren framework run /)
})

test('help can be asked for in every way, of one command and of all that begin with a noun', async (t) => {
  const help = await warren(t, ['run', '--help'])
  assert.deepEqual(await warren(t, ['help', 'run']), help)
  assert.match(help.stdout, /Standard input is not passed on/)
  const overview = await warren(t, ['--help'])
  assert.deepEqual(await warren(t, ['help']), overview)
  for (const [noun, verbs] of [['task', 6], ['framework', 4], ['example', 1]] as const) {
    const { code, stdout, stderr } = await warren(t, [noun, '--help'])
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout.match(new RegExp(`^  ${noun} `, 'gm'))?.length, verbs)
  }
})

test('a command whose reader has left ends without a word', async () => {
  for (const line of ['--help', 'run --help', '--version', 'help task']) {
    const child = spawn(process.execPath, [join(ROOT, 'infra/bin/warren.mjs'), ...line.split(' ')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text })
    const [code] = await once(child, 'close') as [number | null]
    assert.deepEqual([code, said], [0, ''], line)
  }
})

test('an option may come from the environment, and a flag wins over it', async (t) => {
  const environment = { WARREN_AGENTS: 'many' }
  assert.match((await warren(t, ['dev'], { environment })).stderr, /--agents 'many'/)
  assert.match((await warren(t, ['dev', '--agents', '0'], { environment })).stderr, /--agents '0'/)
})

test('the version is the package\'s', async (t) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  for (const word of ['--version', '-V', 'version']) {
    assert.equal((await warren(t, [word])).stdout, `${version}\n`)
  }
})
