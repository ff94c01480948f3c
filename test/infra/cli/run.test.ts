import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import test, { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { clusterLine } from '../../support/cluster-line.js'

const AGENT = 'cpus:4;mem:4096;disk:1000;ports:[31500-31509]'

/** Starts `warren run` of a task that says its pid and stays; answers once it has done `before` and said it. */
async function lasting(script: string, before = ':') {
  const child = line.start(['run', '--', 'sh', '-c', `${before}; echo $$; ${script}`])
  const [said] = await once(child.stdout ?? process.stdin, 'data') as [Buffer]
  return { child, pid: Number(said.toString()) }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const line = await clusterLine([AGENT])
after(() => line.close())

test('prints what the command prints, each stream on its own, and exits as it exits', async () => {
  const ended = await line.run(['run', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])
  assert.deepEqual(ended, { code: 3, stdout: 'out\n', stderr: 'err\n' })
})

test('passes on a lot of output whole', async () => {
  const { code, stdout } = await line.run(['run', '--', 'seq', '1', '200000'])
  assert.equal(code, 0)
  assert.equal(stdout, execFileSync('seq', ['1', '200000'], { encoding: 'utf8', maxBuffer: 1e8 }))
})

test('exits with 128 and the number of the signal that ended the command', async () => {
  const { code, stderr } = await line.run(['run', '--', 'sh', '-c', 'kill -9 $$'])
  assert.deepEqual([code, stderr], [137, 'warren: the task was ended by SIGKILL\n'])
})

test('ends a command that takes too long, and exits with 5', async () => {
  const { code, stderr } = await line.run(['run', '--timeout', '200ms', '--', 'sleep', '60'])
  assert.equal(code, 5)
  assert.match(stderr, /timed out: it ran longer than 0.2 s/)
})

test('gives the command its environment and its ports', async () => {
  const script = 'echo $GREETING $PORT0 $PORT1'
  const argv = ['run', '--ports', '2', '--env', 'GREETING=a=b', '--', 'sh', '-c', script]
  const { stdout } = await line.run(argv)
  assert.equal(stdout, 'a=b 31500 31501\n')
})

test('says at once when no agent could ever hold the command', async () => {
  const { code, stderr } = await line.run(['run', '--cpus', '64', '--', 'true'])
  assert.deepEqual([code, stderr], [1, 'warren: needs 64 cpus; the largest agent has 4\n'])
})

test('says why a command could not be started', async () => {
  const { code, stderr } = await line.run(['run', '--', 'no-such-command'])
  assert.equal(code, 127)
  assert.match(stderr, /'no-such-command' was not found/)
})

test('ends the command on Ctrl-C, waits for its end, and exits with 130', async () => {
  const { child, pid } = await lasting('exec sleep 60')
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  assert.deepEqual([code, isAlive(pid)], [130, false])
})

test('does not wait after the second Ctrl-C', async () => {
  const { child } = await lasting('while :; do sleep 0.1; done', 'trap "echo stopping" TERM')
  child.kill('SIGINT')
  await once(child.stdout ?? process.stdin, 'data')
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  assert.equal(code, 130)
})

test('ends quietly, and the command with it, when nobody reads its output any more', async () => {
  const child = line.start(['run', '--', 'sh', '-c', 'echo $$; while :; do echo y; sleep 0.01; done'])
  let stderr = ''
  child.stderr?.on('data', (text) => { stderr += String(text) })
  const [said] = await once(child.stdout ?? process.stdin, 'data') as [Buffer]
  child.stdout?.destroy()
  const [code] = await once(child, 'close')
  assert.deepEqual([code, stderr, isAlive(Number.parseInt(said.toString(), 10))], [141, '', false])
})

test('prints one JSON object a line when asked to', async () => {
  const { stdout } = await line.run(['run', '--json', '--', 'sh', '-c', 'printf "é\\n"; exit 2'])
  const events = stdout.trim().split('\n').map((each) => JSON.parse(each))
  const { taskId } = events[0]
  assert.match(taskId, /^sh-[0-9a-z]{4}$/)
  assert.deepEqual(events, [
    { event: 'launched', taskId, agent: 'a1' },
    { event: 'output', stream: 'stdout', data: 'é\n' },
    { event: 'ended', taskId, state: 'FAILED', exitCode: 2, message: 'exited with 2' },
  ])
})

for (const [argv, said] of [
  [[], /no command to run; write, for example: warren run/],
  [['--cpus', 'many', '--', 'true'], /--cpus: 'many' is no amount; write a number/],
  [['--cpus', '0', '--mem', '0', '--', 'true'], /the task asks for nothing/],
  [['--timeout', 'soon', '--', 'true'], /--timeout: 'soon' is no duration; write seconds/],
  [['--env', 'FOO', '--', 'true'], /--env: 'FOO' is no NAME=VALUE/],
  [['--ports', '-1', '--', 'true'], /--ports: '-1' is no count/],
  [['--', 'echo', 'x'.repeat(70_000)], /has 70000 characters; at most 65536 can be sent/],
] as const) {
  test(`refuses ${JSON.stringify(argv).slice(0, 40)} with exit code 2`, async () => {
    const { code, stderr } = await line.run(['run', ...argv])
    assert.equal(code, 2)
    assert.match(stderr, said)
  })
}

test('warren run waits for an agent and says so', async (t) => {
  const line = await clusterLine([])
  t.after(() => line.close())
  const child = line.start(['run', '--', 'true'])
  const [said] = await once(child.stderr ?? process.stdin, 'data') as [Buffer]
  assert.equal(said.toString(), 'warren: waiting for an agent\n')
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  assert.equal(code, 143)
})

test('without a cluster, warren run says how to get one', async () => {
  const program = fileURLToPath(new URL('../../../../infra/bin/warren.mjs', import.meta.url))
  const child = spawn(process.execPath, [program, 'run', '--work-dir', '/nowhere/at-all', '--', 'true'])
  let stderr = ''
  child.stderr.on('data', (text) => { stderr += String(text) })
  const [code] = await once(child, 'close')
  assert.equal(code, 6)
  assert.match(stderr, /start one with `node \S*infra\/bin\/warren\.mjs dev`/)
})
