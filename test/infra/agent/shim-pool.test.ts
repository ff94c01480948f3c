import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Shim, ShimPool, type ShimPoolOptions } from '../../../infra/agent/shim-pool.js'
import { readStatus } from '../../../infra/agent/task-directory.js'
import { pipeTo, temporaryDirectory } from './temporary.js'

interface Run {
  readonly shim: Shim
  readonly directory: string
  /** Resolves with what the status says then. */
  readonly ended: Promise<ReturnType<typeof readStatus>>
  stdout(): string
}

interface Bench {
  readonly workDir: string
  readonly pool: ShimPool
  run(argv: readonly string[], environment?: Readonly<Record<string, string>>): Run
}

/** However slow and busy the machine is, a shim is used again. */
const PATIENT = { shortMs: 600_000, pidsMax: 1_000_000 }

function bench(t: TestContext, options: ShimPoolOptions = PATIENT): Bench {
  const workDir = temporaryDirectory(t)
  const pool = new ShimPool(options)
  // A pool that has let go of its shims keeps nobody alive, but a test may wait for them all the same.
  const awake = setInterval(() => undefined, 60_000)
  t.after(() => {
    clearInterval(awake)
    pool.close()
  })
  let runs = 0
  return {
    workDir, pool,
    run(argv, environment = {}) {
      runs += 1
      const directory = `${workDir}/${runs}`
      mkdirSync(`${directory}/sandbox`, { recursive: true })
      let shim: Shim | undefined
      const ended = new Promise<ReturnType<typeof readStatus>>((resolve, reject) => {
        shim = pool.run({ directory, argv, environment, ended: () => resolve(readStatus(directory)), failed: reject })
      })
      assert.ok(shim)
      return { shim, directory, ended, stdout: () => readFileSync(`${directory}/stdout`, 'utf8') }
    },
  }
}

const shell = (line: string): readonly string[] => ['/bin/sh', '-c', line]

/** Everything is done by then that the death of a shim entails here. */
const exit = ({ shim }: Run) => new Promise((resolve) => shim.child.once('exit', resolve))

test('commands that come one after the other run under one shim, each with its own end', async (t) => {
  const { run } = bench(t)
  const first = run(shell('exit 3'))
  assert.deepEqual(await first.ended, { pid: first.shim.pid, end: { code: 3 } })
  const second = run(shell('kill -KILL $$'))
  assert.equal(second.shim, first.shim)
  const killed = { pid: first.shim.pid, end: { signal: 'SIGKILL' }, words: 'Killed' }
  assert.deepEqual(await second.ended, killed)
  const third = run(shell('echo out; echo oops >&2; pwd'))
  assert.equal(third.shim, first.shim)
  assert.deepEqual(await third.ended, { pid: first.shim.pid, end: { code: 0 } })
  assert.equal(third.stdout(), `out\n${third.directory}/sandbox\n`)
  assert.equal(readFileSync(`${third.directory}/stderr`, 'utf8'), 'oops\n')
})

test('commands that run at the same time have shims of their own', async (t) => {
  const { run } = bench(t)
  const runs = [run(['/bin/true']), run(['/bin/true']), run(['/bin/true'])]
  for (const { stdout } of runs) assert.equal(stdout(), '', 'the output can be read as soon as it has begun')
  assert.equal(new Set(runs.map(({ shim }) => shim.pid)).size, 3)
  await Promise.all(runs.map(({ ended }) => ended))
})

test('the next command inherits nothing of the last one, its shim or its agent but three descriptors', async (t) => {
  const { run } = bench(t)
  const first = run(shell('umask 0; cd /; exec 7</dev/null; env'), { FIRST: '1', HOME: '/first' })
  await first.ended
  const second = run(['/usr/bin/env'], { SECOND: '2' })
  assert.equal(second.shim, first.shim)
  await second.ended
  // The shell adds PWD, and some shells two more.
  const lines = second.stdout().trim().split('\n').filter((line) => !/^(SHLVL|_)=/.test(line))
  assert.deepEqual(lines.sort(), [`PWD=${second.directory}/sandbox`, 'SECOND=2'])
  const third = run(shell('ls -l /proc/$$/fd; umask; exec cat /proc/self/status'))
  assert.equal(third.shim, first.shim)
  await third.ended
  // What this test has itself been given by mistake goes on to every process.
  const { stdout } = spawnSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8' })
  const given = new Set(stdout.split('\n').filter((descriptor) => Number(descriptor) > 3))
  const listed = [...third.stdout().matchAll(/ (\d+) -> (.*)$/gm)].map(([, descriptor, path]) => [descriptor, path])
  const files = [['0', '/dev/null'], ['1', `${third.directory}/stdout`], ['2', `${third.directory}/stderr`]]
  assert.deepEqual(listed.filter(([descriptor = '']) => !given.has(descriptor)), files)
  const umask = process.umask()
  assert.match(third.stdout(), new RegExp(`^0*${umask.toString(8)}$`, 'm'))
  assert.match(third.stdout(), /^SigBlk:\t0+$/m)
  assert.match(third.stdout(), /^SigIgn:\t0+$/m)
})

test('arguments and variables arrive as they are, whatever is in them', async (t) => {
  const { run } = bench(t)
  const first = run(['/bin/true'])
  await first.ended
  const nasty = ["'", '"', '\\', '\n', '$n', '`id`', '$(id)', '*', ' ', '\t', '\r', '--', '=', '\x01', '\x7f', '\x88']
  const word = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }), fc.array(fc.constantFrom(...nasty)).map((all) => all.join('')),
  ).map((text) => text.replaceAll('\0', ''))
  const words = fc.array(word, { minLength: 20, maxLength: 40 })
  await fc.assert(fc.asyncProperty(words, word, async (argv, value) => {
    const show = `printf '%s\\0' "$VALUE" "$n" "$@"`
    const one = run(['/bin/sh', '-c', show, 'sh', ...argv], { VALUE: value, n: value })
    await one.ended
    assert.equal(one.shim, first.shim)
    assert.deepEqual(one.stdout().split('\0').slice(0, -1), [value, value, ...argv])
  }), { numRuns: 5 })
  // Every byte that may follow the first one of a character.
  const bytes = Array.from({ length: 0x800 - 1 }, (_, index) => String.fromCodePoint(index + 1)).join('')
  const all = run(['/usr/bin/printf', '%s', bytes], { BYTES: bytes })
  await all.ended
  assert.equal(all.shim, first.shim)
  assert.equal(all.stdout(), bytes)
})

test('what a shell cannot pass on as it is, or reads too slowly, gets a shim of its own', async (t) => {
  const { run } = bench(t)
  const first = run(['/bin/true'])
  await first.ended
  const long = 'x'.repeat(100_000)
  for (const [argv, environment] of [
    [['/usr/bin/env'], { SECONDS: 'x' }], [['/usr/bin/env'], { LC_ALL: 'C' }], [['/usr/bin/printf', '%s', long], {}],
  ] as const) {
    const one = run(argv, environment)
    assert.notEqual(one.shim, first.shim)
    assert.deepEqual((await one.ended)?.end, { code: 0 })
    for (const [name, value] of Object.entries(environment)) assert.ok(one.stdout().includes(`${name}=${value}\n`))
    if (argv[2] === long) assert.equal(one.stdout(), long)
  }
})

test('a shim ends, with all that is left in its session, when its command leaves something behind', async (t) => {
  const { workDir, run } = bench(t)
  for (const leave of ['sleep 600 &', '(sleep 600 & exec true);', '(sleep 600 & sleep 601 & sleep 602 &) &']) {
    const held = pipeTo(workDir, `held-${leave.length}`)
    const one = run(shell(`exec 4>${held.path}; ${leave} exit 0`))
    assert.deepEqual((await one.ended)?.end, { code: 0 })
    await held.closed
    const next = run(['/bin/true'])
    assert.notEqual(next.shim, one.shim)
    await next.ended
    const gone = exit(next)
    next.shim.end()
    await gone
  }
})

test('a shim that was signalled is not used again', async (t) => {
  const { workDir, run } = bench(t)
  const ready = pipeTo(workDir, 'ready')
  const one = run(shell(`trap 'exit 5' TERM; : >${ready.path}; while :; do sleep 0.01; done`))
  await ready.closed
  one.shim.signal('SIGTERM')
  assert.deepEqual((await one.ended)?.end, { code: 5 })
  const next = run(['/bin/true'])
  assert.notEqual(next.shim, one.shim)
  await next.ended
})

test('a shim that is ended by whoever hears of the end is not used again', async (t) => {
  const { workDir, pool, run } = bench(t)
  const directory = `${workDir}/own`
  mkdirSync(`${directory}/sandbox`, { recursive: true })
  const first = await new Promise<Shim | undefined>((resolve, failed) => {
    const ended = () => {
      shim?.end()
      resolve(shim)
    }
    const shim = pool.run({ directory, argv: ['/bin/true'], environment: {}, ended, failed })
  })
  const next = run(['/bin/true'])
  assert.notEqual(next.shim, first)
  assert.deepEqual((await next.ended)?.end, { code: 0 })
})

test('a shim that somebody kills while it waits is replaced', async (t) => {
  const { run } = bench(t)
  const first = run(['/bin/true'])
  await first.ended
  const gone = exit(first)
  process.kill(first.shim.pid ?? 0, 'SIGKILL')
  await gone
  const second = run(['/bin/true'])
  assert.notEqual(second.shim, first.shim)
  assert.deepEqual((await second.ended)?.end, { code: 0 })
})

test('closing ends the shims that wait, and one that works when its command has ended', async (t) => {
  const { workDir, pool, run } = bench(t)
  const [held, go] = [pipeTo(workDir, 'held'), `${workDir}/go`]
  execFileSync('mkfifo', [go])
  const waiting = run(['/bin/true'])
  const working = run(shell(`exec 4>${held.path}; sleep 600 & read word <${go}; exit 6`))
  await waiting.ended
  const ends = [exit(waiting), exit(working)]
  pool.close()
  await ends[0]
  execFileSync('/bin/sh', ['-c', `echo go >${go}`])
  await Promise.all([ends[1], held.closed])
  assert.deepEqual(readStatus(working.directory)?.end, { code: 6 })
})

test('an agent holds no descriptor for a command that runs for long', async (t) => {
  const { workDir, run } = bench(t, { shortMs: 1 })
  const sockets = () => readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith('socket:')
    } catch {
      return false // The descriptor of this very look.
    }
  }).length
  const before = sockets()
  const ready = pipeTo(workDir, 'ready')
  const one = run(shell(`: >${ready.path}; exec sleep 600`))
  const closed = new Promise((resolve) => one.shim.channel?.once('close', resolve))
  await ready.closed
  await closed
  assert.equal(sockets(), before)
  one.shim.signal('SIGTERM')
  assert.deepEqual((await one.ended)?.end, { signal: 'SIGTERM' })
})
