import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { LauncherEvent, Program } from '../../../actors/protocol/machine.js'
import { type Launcher, openLauncher } from '../../../infra/agent/launcher.js'
import { Inbox } from './inbox.js'
import { pipeTo, temporaryDirectory } from './temporary.js'

interface Bench {
  readonly workDir: string
  readonly launcher: Launcher
  readonly inbox: Inbox<LauncherEvent>
  start(program: Program, environment?: Record<string, string>): void
  output(stream: 'stdout' | 'stderr'): string
}

function bench(t: TestContext): Bench {
  const workDir = temporaryDirectory(t)
  const inbox = new Inbox<LauncherEvent>()
  const launcher = openLauncher({ workDir, tell: inbox.tell })
  t.after(() => launcher.close())
  return {
    workDir,
    launcher,
    inbox,
    start: (program, environment = {}) =>
      launcher.request({ type: 'start', launchId: 'a', program, environment, replyTo: inbox.ref }),
    output: (stream) => readFileSync(`${workDir}/tasks/a/${stream}`, 'utf8'),
  }
}

const shell = (line: string): Program => ({ shell: line })

async function started({ inbox }: Bench): Promise<number> {
  const event = await inbox.next()
  assert.equal(event.type, 'started', JSON.stringify(event))
  return event.type === 'started' ? event.pid : 0
}

test('a command runs in its sandbox, and its output and exit code are kept', async (t) => {
  const b = bench(t)
  b.start(shell('pwd; echo oops >&2; exit 3'))
  const event = await b.inbox.next()
  const directory = `${b.workDir}/tasks/a`
  assert.deepEqual({ ...event, pid: 0 }, { type: 'started', launchId: 'a', pid: 0, directory })
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { code: 3 } })
  assert.equal(b.output('stdout'), `${directory}/sandbox\n`)
  assert.equal(b.output('stderr'), 'oops\n')
})

test('a launch runs from its start until its end is told', async (t) => {
  const b = bench(t)
  assert.equal(b.launcher.runs('a'), false)
  b.start(shell('exit 0'))
  assert.equal(b.launcher.runs('a'), true)
  await started(b)
  await b.inbox.next()
  assert.equal(b.launcher.runs('a'), false)
})

test('a task gets a small environment, what it asked for, and nothing of its agent', async (t) => {
  process.env['WARREN_TEST_SECRET'] = 'password'
  t.after(() => { delete process.env['WARREN_TEST_SECRET'] })
  const b = bench(t)
  b.start({ argv: ['env'] }, { GREETING: 'hello', LANG: 'de_DE' })
  await started(b)
  await b.inbox.next()
  const names = b.output('stdout').trim().split('\n').map((line) => line.split('=')[0])
  // The shell adds PWD.
  const expected = ['GREETING', 'HOME', 'LANG', 'PATH', 'PWD', 'WARREN_TASK_DIRECTORY']
  assert.deepEqual(names.sort(), expected)
  assert.match(b.output('stdout'), new RegExp(`^HOME=${b.workDir}/tasks/a/sandbox$`, 'm'))
  assert.match(b.output('stdout'), /^LANG=de_DE$/m)
})

test('a command with the name of a shell builtin is the command, not the builtin', async (t) => {
  const b = bench(t)
  b.start({ argv: ['echo', 'a\\nb'] })
  await started(b)
  await b.inbox.next()
  assert.equal(b.output('stdout'), 'a\\nb\n')
})

test('arguments reach the command as they are', async (t) => {
  const b = bench(t)
  b.start({ argv: ['printf', '%s|', '', ' ', '$HOME', '`id`', "'", '"', '*', '-x', 'ü'] })
  await started(b)
  await b.inbox.next()
  assert.equal(b.output('stdout'), '| |$HOME|`id`|\'|"|*|-x|ü|')
})

test('a command that a signal ended is told from one that returned the same code', async (t) => {
  for (const [line, exit] of [
    ['kill -KILL $$', { signal: 'SIGKILL' }],
    ['kill -TERM $$', { signal: 'SIGTERM' }],
    ['kill -SEGV $$', { signal: 'SIGSEGV' }],
    ['exit 137', { code: 137 }],
    ['exit 143', { code: 143 }],
    ['exit 127', { code: 127 }],
  ] as const) {
    await t.test(line, async (inner) => {
      const b = bench(inner)
      b.start(shell(line))
      await started(b)
      assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit })
      assert.equal(b.output('stderr'), '')
    })
  }
})

test('SIGTERM reaches the whole group, and a command that cleans up says how it ended', async (t) => {
  const b = bench(t)
  const [held, ready] = [pipeTo(b.workDir, 'held'), pipeTo(b.workDir, 'ready')]
  // The sleeper does not hear of the signal from its shell, and keeps its end of the pipe while it lives.
  const sleeper = `exec 4>${held.path}; sleep 600 & exec 4>&-`
  b.start(shell(`trap 'echo bye; exit 7' TERM; ${sleeper}; : >${ready.path}; wait`))
  await started(b)
  await ready.closed
  b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGTERM' })
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { code: 7 } })
  assert.equal(b.output('stdout'), 'bye\n')
  await held.closed
})

test('a SIGTERM that comes before the command has begun reaches it all the same', async (t) => {
  for (let round = 0; round < 20; round++) {
    const b = bench(t)
    b.start({ argv: ['sleep', '600'] })
    b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGTERM' })
    await started(b)
    assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { signal: 'SIGTERM' } })
  }
})

test('SIGKILL ends what does not listen to SIGTERM, shim and all', async (t) => {
  const b = bench(t)
  const [held, ready] = [pipeTo(b.workDir, 'held'), pipeTo(b.workDir, 'ready')]
  b.start(shell(`trap '' TERM; exec 4>${held.path}; : >${ready.path}; while :; do sleep 600; done`))
  await started(b)
  await ready.closed
  b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGTERM' })
  b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { signal: 'SIGKILL' } })
  await held.closed
})

test('kill -9 of the task alone is reported as what it was', async (t) => {
  const b = bench(t)
  const ready = pipeTo(b.workDir, 'ready')
  b.start(shell(`echo $$ >${ready.path}; exec sleep 600`))
  await started(b)
  process.kill(Number(await ready.closed), 'SIGKILL')
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { signal: 'SIGKILL' } })
})

test('kill -9 of the shim alone ends the task as well', async (t) => {
  const b = bench(t)
  const [held, ready] = [pipeTo(b.workDir, 'held'), pipeTo(b.workDir, 'ready')]
  b.start(shell(`exec 4>${held.path}; : >${ready.path}; exec sleep 600`))
  const pid = await started(b)
  await ready.closed
  process.kill(pid, 'SIGKILL')
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { signal: 'SIGKILL' } })
  await held.closed
})

test('what a command leaves behind in its group ends with it', async (t) => {
  const b = bench(t)
  const held = pipeTo(b.workDir, 'held')
  b.start(shell(`exec 4>${held.path}; sleep 600 & exit 0`))
  await started(b)
  assert.deepEqual(await b.inbox.next(), { type: 'exited', launchId: 'a', exit: { code: 0 } })
  await held.closed
})

test('a launch id runs once, however often and by whomever it is asked for', async (t) => {
  const b = bench(t)
  const ready = pipeTo(b.workDir, 'ready')
  b.start(shell(`echo once; : >${ready.path}; exec sleep 600`))
  const pid = await started(b)
  await ready.closed
  b.start(shell('echo twice'))
  assert.equal(await started(b), pid)
  b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  const end: LauncherEvent = { type: 'exited', launchId: 'a', exit: { signal: 'SIGKILL' } }
  assert.deepEqual(await b.inbox.next(), end)
  const later = openLauncher({ workDir: b.workDir, tell: b.inbox.tell })
  const again = shell('echo again')
  later.request({ type: 'start', launchId: 'a', program: again, environment: {}, replyTo: b.inbox.ref })
  assert.deepEqual(await b.inbox.next(), end)
  assert.equal(b.output('stdout'), 'once\n')
})

test('what cannot be launched is refused with the reason and leaves nothing behind', async (t) => {
  const b = bench(t)
  const failures: [Program, Record<string, string>, RegExp][] = [
    [{ argv: ['no-such-command'] }, {}, /^command 'no-such-command' was not found on PATH /],
    [{ argv: ['tool'] }, { PATH: '/elsewhere' }, /^command 'tool' was not found on PATH '\/elsewhere'$/],
    [shell('true'), { 'a.b': '1' }, /^'a\.b' is no name of an environment variable/],
    [{ argv: ['true', 'a\0b'] }, {}, /^the process could not be started/],
    [{ argv: ['true', 'x'.repeat(10_000_000)] }, {}, /^the process could not be started/],
  ]
  for (const [program, environment, reason] of failures) {
    b.start(program, environment)
    const event = await b.inbox.next()
    assert.match(event.type === 'launch-failed' ? event.reason : event.type, reason)
  }
  b.start(shell('true'))
  await started(b)
  await b.inbox.next()
})

test('a shell that does not even start says why', async (t) => {
  const b = bench(t)
  b.start(shell('true'), { OPTIND: 'x' }) // Debian's shell insists on a number here, others do not.
  await started(b)
  const event = await b.inbox.next()
  if (event.type === 'launch-failed') assert.match(event.reason, /^the process could not be started: .+ x$/)
  else assert.deepEqual(event, { type: 'exited', launchId: 'a', exit: { code: 0 } })
})

test('a directory that cannot be made is named', async (t) => {
  const b = bench(t)
  const workDir = `${b.workDir}/other`
  const launcher = openLauncher({ workDir, tell: b.inbox.tell })
  execFileSync('rm', ['-r', `${workDir}/tasks`])
  writeFileSync(`${workDir}/tasks`, '')
  const program = shell('true')
  launcher.request({ type: 'start', launchId: 'a', program, environment: {}, replyTo: b.inbox.ref })
  const event = await b.inbox.next()
  assert.ok(event.type === 'launch-failed')
  assert.equal(event.reason, `the process could not be started in '${workDir}/tasks/a': not a directory`)
})

test('signalling what is unknown or has ended does nothing', async (t) => {
  const b = bench(t)
  b.launcher.request({ type: 'signal', launchId: 'never', signal: 'SIGKILL' })
  b.start(shell('true'))
  await started(b)
  await b.inbox.next()
  b.launcher.request({ type: 'signal', launchId: 'a', signal: 'SIGKILL' })
  b.launcher.request({ type: 'forget', launchId: 'a' })
  assert.deepEqual(b.inbox.pending, [])
})
