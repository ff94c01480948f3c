import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeNote } from '../../../infra/cli/connection.js'
import { devCluster, warren } from '../../support/command-line.js'
import { temporaryDirectory } from '../agent/temporary.js'

interface Found {
  readonly well: boolean
  readonly problems: number
  readonly findings: readonly { readonly check: string; readonly level: string; readonly fix?: string }[]
}

test('the cluster that runs here is looked at, and found well', async (t) => {
  const { find } = await devCluster(t, join(temporaryDirectory(t), 'w'))
  const { code, stdout, stderr } = await warren(t, ['doctor', ...find, '--json'])
  assert.equal(code, 0, stderr)
  const { well, findings } = JSON.parse(stdout) as Found
  assert.equal(well, true)
  const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]))
  const { broker, master, version, clock, disk } = levels
  assert.deepEqual([broker, master, version, clock, disk], ['well', 'well', 'well', 'well', 'well'])
})

test('something to mend is said with what to do, and is exit code 1', async (t) => {
  const args = ['doctor', '--work-dir', '/proc/warren', '--broker', 'amqp://me:secret@127.0.0.1:1/']
  const { code, stdout, stderr } = await warren(t, args)
  assert.equal(code, 1)
  assert.match(stdout, /^x {3}disk .*not writable.*\n +→ .*--work-dir$/m)
  assert.match(stdout, /^x {3}broker .*nobody listens there.*\n +→ /m)
  assert.match(stderr, /^2 things to mend/)
  assert.ok(!stdout.includes('secret'))
  const json = JSON.parse((await warren(t, [...args, '--json'])).stdout) as Found
  assert.equal(json.problems, 2)
  assert.ok(json.findings.every(({ level, fix }) => !['warning', 'problem'].includes(level) || fix))
})

test('a master of a cluster that is gone is started again as it was started', async (t) => {
  const workDir = join(temporaryDirectory(t), 'w')
  const [broker, http] = ['amqp://127.0.0.1:1', 'http://127.0.0.1:1']
  const note = { cluster: 'c', pid: process.pid, http: `${http},http://127.0.0.1:2`, broker }
  const again = async () => (await warren(t, ['doctor', '--work-dir', workDir])).stdout.split('\n')
    .flatMap((line) => /start it again: .* (master --.*)$/.exec(line)?.[1] ?? [])
  const argv = ['master', '--name', 'm1', '--port', '0', '--share-offers', '--cluster', 'c', '--trace', '1']
  writeNote(workDir, { ...note, masters: [{ http, argv }] })
  assert.deepEqual(await again(), [
    'master --name m1 --port 1 --share-offers --cluster c --trace 1', 'master --name m-2 --cluster c --port 2',
  ])
})

test('with nothing named and nothing running there is nothing to mend', async (t) => {
  const { code, stdout } = await warren(t, ['doctor', '--work-dir', join(temporaryDirectory(t), 'w')])
  assert.equal(code, 0, stdout)
  assert.match(stdout, /^\? {3}broker +none was named/m)
  const { code: usage, stderr } = await warren(t, ['doctor', '--broker', 'http://x'])
  assert.equal(usage, 2)
  assert.match(stderr, /no AMQP URL/)
})
