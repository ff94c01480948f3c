import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { commandLine, processesByVariable } from '../../../infra/process-table.js'
import { devCluster, Running, warren, type Ended } from '../../support/command-line.js'
import { temporaryDirectory } from '../agent/temporary.js'

const EXAMPLES = 'actors/frameworks/example'

/** A cluster and a directory for an author's files. */
async function stage(t: TestContext) {
  const directory = temporaryDirectory(t)
  const { find } = await devCluster(t, join(directory, 'w'), '--resources', 'cpus:4;mem:4096')
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const run = (file: string, ...more: readonly string[]): Promise<Ended> =>
    warren(t, ['framework', 'run', ...find, file, ...more], { directory })
  return { directory, find, write, run, socket: join(directory, 'w', 'warren.sock') }
}

/** The processes that joined by this socket because an agent started them; the shim around each is none. */
function executorsAt(socket: string): readonly number[] {
  const joined = processesByVariable('WARREN_SOCKET').get(socket) ?? []
  return joined.filter((pid) => commandLine(pid)[0] === process.execPath)
}

/** A framework that finishes as soon as it is subscribed. */
const finishing = (exitCode: string) => `
import { framework } from 'warren'
export default framework<number>({
  name: 'own', initial: () => 0,
  receive(state, event, ctx) {
    if (event.type === 'subscribed') ctx.finish(${exitCode})
    return state
  },
})
`

test('the first example says hello and finishes as its task did', async (t) => {
  const { find } = await stage(t)
  const file = join(EXAMPLES, 'hello.ts')
  const { code, stderr } = await warren(t, ['framework', 'run', ...find, file, '--log-format', 'pretty'])
  assert.match(stderr, /task hello is RUNNING\n.*task hello is FINISHED\n.*it wrote: Hello from \S+\n$/)
  assert.equal(code, 0)
})

test('a custom executor runs several tasks in one process', async (t) => {
  const { find, socket } = await stage(t)
  const file = join(EXAMPLES, 'primes.ts')
  const running = new Running(t, ['framework', 'run', ...find, '--verbose', file, '--', '2000000', '6'])
  await running.saying(/piece-5 is RUNNING/)
  assert.equal(executorsAt(socket).length, 1)
  const { code, stderr } = await running.ended
  assert.match(stderr, /there are 148933 primes below 2000000/)
  assert.equal(code, 0)
})

test('when an executor is killed its tasks have failed, and the framework goes on', async (t) => {
  const { find, socket } = await stage(t)
  const file = join(EXAMPLES, 'primes.ts')
  const running = new Running(t, ['framework', 'run', ...find, '--verbose', file, '--', '4000000', '6'])
  await running.saying(/piece-5 is RUNNING/)
  const [pid, ...others] = executorsAt(socket)
  assert.ok(pid !== undefined && others.length === 0)
  process.kill(pid, 'SIGKILL')
  const { code, stderr } = await running.ended
  assert.match(stderr, /task piece-\d is FAILED \(executor-terminated; the executor was ended by SIGKILL/)
  assert.match(stderr, /executor counter on \S+ is gone/)
  assert.match(stderr, /there are 283146 primes below 4000000/)
  assert.equal(code, 0)
})

test('a file anywhere imports warren, its neighbours and its packages', async (t) => {
  const { directory, write, run } = await stage(t)
  const place = join(directory, 'node_modules', 'seven')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"name":"seven","main":"seven.cjs"}')
  writeFileSync(join(place, 'seven.cjs'), 'module.exports = 7')
  write('place.ts', 'export const place: string = import.meta.url')
  const file = write('own.mts', `import seven from 'seven'\nimport { place } from './place.js'\n${
    finishing("place.endsWith('/place.ts') && import.meta.url.endsWith('/own.mts') ? seven : 1")}`)
  assert.deepEqual(await run(file), { code: 7, stdout: '', stderr: '' })
  const plain = write('plain.mjs', finishing('5').replace('<number>', ''))
  assert.equal((await run(plain)).code, 5)
})

test('a function makes the framework from the arguments that follow the file', async (t) => {
  const { write, run } = await stage(t)
  const text = finishing('Number(args[1])')
  const file = write('args.ts', text.replace('default framework', 'default (args: string[]) => framework'))
  assert.equal((await run(file, 'x', '9')).code, 9)
  assert.equal((await run(file, '--', '--flag', '4')).code, 4)
})

test('with --json everything that it hears is a line of JSON', async (t) => {
  const { write, run } = await stage(t)
  const { code, stdout } = await run(write('own.ts', finishing('0')), '--json')
  const first = JSON.parse(stdout.split('\n', 1)[0] ?? '') as Record<string, unknown>
  assert.deepEqual([code, first['event'], typeof first['frameworkId']], [0, 'subscribed', 'string'])
})

/** Each: what the file holds, and what is said about it; nothing was started. */
const BAD: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['a mistake in its syntax', 'const a = 1\nexport default {{ }\n', /bad\.ts:2:\d+: Expected /],
  ['no default export', 'export const a = 1', /bad\.ts' has no default export: write `export default f/],
  ['something else as its default', 'export default 7', /is no framework, it is a number: write `export /],
  ['a framework without a name', 'export default { receive() {} }', /is no framework, it has no name/],
  ['a package that is not there', "import 'nowhere-to-be'\n", /bad\.ts:1:8: Could not resolve "nowhere/],
  ['a fault while it loads', 'let a = 1\nthrow new Error("oh no")\n', /loaded: Error: oh no\n.*bad\.ts:2:7/],
]

test('what is wrong with a file is said with its name, and ends with exit code 2', async (t) => {
  const { write, run } = await stage(t)
  for (const [what, text, said] of BAD) {
    const { code, stderr } = await run(write('bad.ts', text))
    assert.match(stderr, said, what)
    assert.ok(stderr.startsWith('warren: '), what)
    assert.equal(code, 2, what)
  }
  const missing = await run('/nowhere.ts')
  assert.deepEqual([missing.code, missing.stderr], [2, "warren: there is no file '/nowhere.ts'\n"])
  const other = await run(write('own.py', ''))
  assert.match(other.stderr, /'.*own\.py' does not end in \.ts, \.mts, \.js, \.mjs/)
})

test('a framework that the cluster refuses ends with exit code 1 and the reason', async (t) => {
  const { write, run } = await stage(t)
  const text = finishing('0').replace("'own',", "'own', roles: ['a b'],")
  const { code, stderr } = await run(write('own.ts', text))
  assert.match(stderr, /^warren: the cluster does not run framework 'own': .*'a b' is no role.*\n$/)
  assert.equal(code, 1)
})

test('a fault in the file is shown with its line, and the framework comes back as itself', async (t) => {
  const { write, run } = await stage(t)
  const file = write('faulty.ts', `
import { framework } from 'warren'
let first: string | undefined
export default framework<number>({
  name: 'faulty', initial: () => 0,
  receive(state, event, ctx) {
    if (event.type !== 'subscribed') return state
    if (first === event.frameworkId) ctx.finish(3)
    if (first) return state
    first = event.frameworkId
    throw new Error('oh no')
  },
})
`)
  const { code, stderr } = await run(file, '--log-format', 'pretty')
  assert.match(stderr, /^\S+ error \S*faulty\.ts:11: oh no \(on subscribed\); it starts anew\n$/)
  assert.equal(code, 3)
})

test('one that fails again and again says so once and ends with why; stacks come with --verbose', async (t) => {
  const { write, run } = await stage(t)
  const file = write('hopeless.ts', finishing('0').replace('ctx.finish(0)', "throw new Error('oh no')"))
  const { code, stderr } = await run(file, '--log-format', 'pretty')
  const [fault = '', ...others] = stderr.trimEnd().split('\n')
  assert.equal(code, 1)
  assert.match(fault, /hopeless\.ts:6: oh no \(on subscribed\); it starts anew$/)
  assert.deepEqual(others, ["warren: framework 'own' failed too often and was given up; the last time: oh no"])
  const { stderr: more } = await warren(t, ['framework', 'run', '--verbose', ...(await stage(t)).find, file])
  assert.match(more, /at .*hopeless\.ts:6:\d+/)
})

test('a state that is forgotten is a fault like any other, with the line of who forgot it', async (t) => {
  const { write, run } = await stage(t)
  const file = write('forgetful.ts', finishing('0').replace('ctx.finish(0)', 'return').replace('<number>', '<any>'))
  const { code, stderr } = await run(file, '--log-format', 'pretty')
  assert.match(stderr, /forgetful\.ts:5: receive returned no state: .* \(on subscribed\); it starts anew\n/)
  assert.equal(code, 1)
})

test('Ctrl-C ends the framework and its tasks', async (t) => {
  const { find, write } = await stage(t)
  const file = write('lasting.ts', `
import { framework, task } from 'warren'
export default framework<boolean>({
  name: 'lasting', initial: () => false,
  receive(launched, event, ctx) {
    if (event.type === 'update') ctx.log('info', event.update.state)
    if (event.type !== 'offers' || launched) return launched
    const resources = { cpus: 1, mem: 32 }
    ctx.accept(event.offers[0] ?? [], [task({ id: 't', resources, command: 'sleep 1000' })])
    return true
  },
})
`)
  const running = new Running(t, ['framework', 'run', ...find, file])
  await running.saying(/RUNNING/)
  running.signal('SIGINT')
  assert.equal((await running.ended).code, 130)
  // It fits only once the task's place is free again.
  const after = await warren(t, ['run', ...find, '--cpus', '4', '--timeout', '30s', '--', 'true'])
  assert.equal(after.code, 0, after.stderr)
})

test('with --watch a change starts it anew, and one that does not parse leaves it running', async (t) => {
  const { find, write } = await stage(t)
  const saying = (word: string) => finishing('7').replace('ctx.finish(7)', `ctx.log('info', '${word}')`)
  const file = write('own.ts', saying('first life'))
  const running = new Running(t, ['framework', 'run', '--watch', ...find, file])
  await running.saying(/first life/)
  write('own.ts', 'export default {{')
  await running.saying(/own\.ts:1:\d+: Expected/)
  write('own.ts', saying('second life'))
  await running.saying(/own\.ts changed; starting anew/)
  await running.saying(/second life/)
  write('own.ts', finishing('7'))
  assert.equal((await running.ended).code, 7)
})

test('without a cluster it says how to start one', async (t) => {
  const ended = await warren(t, ['framework', 'run', join(EXAMPLES, 'hello.ts')])
  assert.match(ended.stderr, /^warren: no cluster 'warren' is running here; start one with `warren dev`/)
  assert.equal(ended.code, 6)
})
