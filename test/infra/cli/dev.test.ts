import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { devCluster, Running, warren } from '../../support/command-line.js'
import { temporaryDirectory } from '../agent/temporary.js'

/** What a cluster must not leave in its directory when it has stopped. */
const TRACES = ['lock', 'cluster.json', 'warren.sock']
const traces = (workDir: string) => readdirSync(workDir).filter((name) => TRACES.includes(name))

test('warren dev says where it is and what to try, stays up, and leaves in order', async (t) => {
  const workDir = join(temporaryDirectory(t), 'w')
  const { dev, find } = await devCluster(t, workDir, '--agents', '3')
  assert.match(dev.printed, /Cluster warren is up: leader m1, 3 agents\./)
  assert.match(dev.printed, /\n {13}a3 {2}\S+ {2}\d+ cpus?, \d+ MB mem/)
  assert.ok(dev.printed.includes(`run --work-dir ${workDir} -- `), 'what to try names the work directory')
  const ran = await warren(t, ['run', ...find, '--', 'sh', '-c', 'echo "$1"; exit 3', 'x', '--flag'])
  assert.deepEqual([ran.code, ran.stdout], [3, '--flag\n'])
  dev.signal('SIGINT')
  const { code, stdout, stderr } = await dev.ended
  assert.equal(code, 0)
  assert.match(stdout, /Stopping: .*\nStopped\.\n$/)
  assert.ok(!/[\x1b\r]/.test(stdout + stderr), 'no control codes where there is no terminal')
  assert.deepEqual(traces(workDir), [])
})

test('with --json every line is an object, the first says what is there', async (t) => {
  const workDir = temporaryDirectory(t)
  const { dev } = await devCluster(t, workDir, '--json', '--agents', '1', '--resources', 'cpus:4;mem:4096')
  dev.signal('SIGTERM')
  const { stdout, code } = await dev.ended
  const lines = stdout.trim().split('\n')
  const [ready, ...later] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.equal(code, 0)
  assert.equal(ready?.['event'], 'ready')
  const [agent] = ready['agents'] as { name: string; id: string; resources: Record<string, number> }[]
  assert.deepEqual([agent?.name, agent?.resources['cpus'], agent?.resources['mem']], ['a1', 4, 4096])
  assert.deepEqual(later.map(({ event }) => event), ['stopping', 'stopped'])
})

test('a work directory in use is refused, and the cluster that uses it goes on', async (t) => {
  const workDir = temporaryDirectory(t)
  const { find } = await devCluster(t, workDir)
  const second = await warren(t, ['dev', '--work-dir', workDir, '--port', '0'])
  assert.match(second.stderr, /^warren: work directory '.*' is in use by process \d+; .*--work-dir\n$/)
  assert.equal(second.code, 3)
  assert.equal((await warren(t, ['run', ...find, '--', 'true'])).code, 0)
})

test('a port in use is refused, and nothing is left behind', async (t) => {
  const workDir = temporaryDirectory(t)
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ended = await warren(t, ['dev', '--work-dir', workDir, '--port', String(port)])
  assert.match(ended.stderr, new RegExp(`^warren: port ${port} of 127.0.0.1 is in use; .*--port.*\n$`))
  assert.equal(ended.code, 3)
  assert.deepEqual(readdirSync(workDir), [])
})

test('a cluster that was killed leaves nothing that hinders the next', async (t) => {
  const workDir = temporaryDirectory(t)
  const { dev } = await devCluster(t, workDir)
  dev.signal('SIGKILL')
  await dev.ended
  const lost = await warren(t, ['run', '--work-dir', workDir, '--', 'true'])
  assert.match(lost.stderr, /^warren: no cluster 'warren' is running here; start one with `warren dev`/)
  assert.equal(lost.code, 6)
  const { find } = await devCluster(t, workDir)
  assert.equal((await warren(t, ['run', ...find, '--', 'true'])).code, 0)
})

test('a second signal ends it at once, though a task takes its time', async (t) => {
  const { dev, find } = await devCluster(t, temporaryDirectory(t))
  // Deaf to SIGTERM for as long as the grace lasts; the test must end it, since nobody else is left to.
  const line = 'trap "" TERM; echo "pid $$"; while :; do sleep 0.2; done'
  const task = new Running(t, ['run', ...find, '--', 'sh', '-c', line])
  const [, pid = ''] = await task.saying(/pid (\d+)/)
  t.after(() => process.kill(Number(pid), 'SIGKILL'))
  dev.signal('SIGTERM')
  await dev.saying(/Stopping/)
  dev.signal('SIGTERM')
  assert.equal((await dev.ended).code, 143)
})

test('a work directory too long for a socket is refused before anything is made', async (t) => {
  const directory = temporaryDirectory(t)
  const ended = await warren(t, ['dev', '--port', '0', '--work-dir', join(directory, 'w'.repeat(120))])
  assert.match(ended.stderr, /^warren: work directory '.*' is \d+ bytes too long for the socket .*--work-dir\n$/)
  assert.equal(ended.code, 3)
  assert.deepEqual(readdirSync(directory), [])
})

test('commands that name another cluster than the one which answers do nothing', async (t) => {
  const workDir = temporaryDirectory(t)
  const { http, find } = await devCluster(t, workDir)
  const byHttp = await warren(t, ['agent', 'list', '--master', http, '--cluster', 'nowhere'])
  assert.equal(byHttp.stderr, `warren: at ${http}: this master leads cluster 'warren', not 'nowhere'\n`)
  assert.equal(byHttp.code, 4)
  assert.equal((await warren(t, ['task', 'kill', 'x', '--master', http, '--cluster', 'nowhere'])).code, 4)
  assert.equal((await warren(t, ['agent', 'list', '--master', http, '--cluster', 'warren'])).code, 0)
  const other = [...find, '--cluster', 'nowhere']
  for (const line of [['agent', 'list', ...other], ['run', ...other, '--', 'true']]) {
    const byNote = await warren(t, line)
    assert.match(byNote.stderr, /^warren: what runs in '.*' is cluster 'warren', not 'nowhere'; .*\n$/)
    assert.equal(byNote.code, 4)
  }
  const empty = temporaryDirectory(t)
  const nobody = await warren(t, ['agent', 'list', '--work-dir', empty])
  const start = `start one there with \`warren dev --work-dir ${empty}\`, or name its master with --master`
  assert.equal(nobody.stderr, `warren: no cluster is running in '${empty}'; ${start}\n`)
  assert.equal(nobody.code, 6)
})

test('several masters need a broker, and there are at most seven', async (t) => {
  const embedded = await warren(t, ['dev', '--masters', '3'])
  assert.equal(embedded.code, 2)
  assert.match(embedded.stderr, /masters that share a process would end with it; add --broker/)
  const many = await warren(t, ['dev', '--masters', '8', '--broker', 'auto'])
  assert.equal(many.code, 2)
  assert.match(many.stderr, /--masters '8' is no number of masters: write 1 to 7/)
})
