import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { command } from '../../../infra/cli/broker-setup.js'
import type { Failure } from '../../../infra/cli/failure.js'
import { amqpLink } from '../../../infra/amqp/link.js'
import { openPost } from '../../../infra/post.js'
import { nodeAddress } from '../../../runtime/address.js'
import { testBroker } from '../../support/broker.js'
import { ROOT, Running, warren } from '../../support/command-line.js'
import { Recorder } from '../../support/recorder.js'

const broker = testBroker({ management: true })
const LIMIT = { timeout: 90_000 }
const NODES = ['--master', 'm1', '--agent', 'a1', '--framework', 'ann']
const USERS = ['master-m1', 'agent-a1', 'executors-a1', 'framework-ann']

interface Report {
  readonly vhost: string
  readonly users: readonly { readonly user: string; readonly password?: string; readonly broker: string }[]
}

function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-setup-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const setup = (t: TestContext, args: readonly string[]) =>
  warren(t, ['broker', 'setup', ...args], { environment: broker.environment })

async function applied(t: TestContext, args: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await setup(t, [...args, '--json'])
  assert.deepEqual([code, stderr], [0, ''])
  return JSON.parse(stdout) as Report
}

interface Row {
  readonly user: string
  readonly vhost: string
}

function manage(what: string, method = 'GET'): Promise<Response> {
  const { origin, username, password } = new URL(broker.managementUrl ?? '')
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` }
  return fetch(`${origin}/api/${what}`, { method, headers })
}

/** What the broker says that these users may do on a vhost. */
async function rightsAt(vhost: string): Promise<readonly unknown[]> {
  const lists = ['permissions', 'topic-permissions'].map(async (what) => (await manage(what)).json())
  const rows = await Promise.all(lists) as readonly (readonly Row[])[]
  return rows.flat().filter((row) => row.vhost === vhost && USERS.includes(row.user))
    .map(({ vhost: _, ...row }) => JSON.stringify(row)).sort()
}

/** Resolves when a node has come in with this URL, sent, and heard. */
async function comesIn(url: string, cluster: string, kind: 'framework' | 'agent', name: string): Promise<void> {
  const heard = new Recorder()
  const transport = await openPost(nodeAddress(kind, name, 'x'), amqpLink([url], cluster), heard)
  transport.send(nodeAddress('master', 'nobody', 'x'), ['hello?'])
  await heard.until(({ returned }) => returned.length === 1)
  await transport.close()
}

test('what is not usable is said with the fix, and nothing is done', async (t) => {
  const directory = directoryOf(t)
  const [odd, foreign] = [join(directory, 'odd'), join(directory, 'foreign')]
  writeFileSync(odd, 'agent-a1\n')
  writeFileSync(foreign, 'agent-a2 secret\n')
  const attempts: [Readonly<Record<string, unknown>>, number, RegExp][] = [
    [{}, 2, /nobody is named: name nodes with --master, --agent and --framework/],
    [{ agent: ['a b'] }, 2, /--agent 'a b' is no node name/],
    [{ agent: ['a'], cluster: '.x' }, 2, /'\.x' is no cluster name/],
    [{ agent: ['a'], apply: 'management' }, 2, /needs --url http:\/\/USER:PASSWORD@HOST:15672/],
    [{ agent: ['a'], apply: 'management', url: 'http://u:secret@127.0.0.1:9' }, 6, /at http:\/\/127\.0\.0\.1:9/],
    [{ agent: ['a1'], passwords: join(directory, 'none') }, 3, /cannot be read/],
    [{ agent: ['a1'], passwords: odd }, 3, /a line is not USER PASSWORD/],
    [{ agent: ['a1'], passwords: foreign }, 3, /'agent-a2' is none of agent-a1, executors-a1/],
  ]
  for (const [options, code, said] of attempts) {
    await assert.rejects(command.run({ arguments: [], options }), (failure: Failure) => {
      assert.match(failure.message, said)
      assert.deepEqual([failure.exitCode, failure.message.includes('secret')], [code, false])
      return true
    })
  }
  const environment = { PATH: directory }
  const nowhere = await warren(t, ['broker', 'setup', '--agent', 'a', '--apply', 'rabbitmqctl'], { environment })
  assert.match(nowhere.stderr, /^warren: no rabbitmqctl is here: run this on a machine of the broker, or .*\n$/)
  assert.deepEqual([nowhere.code, nowhere.stdout], [6, ''])
})

test('the management interface, rabbitmqctl and the script give the same rights', LIMIT, async (t) => {
  const { host } = new URL(broker.url)
  const args = (vhost: string, ...more: readonly string[]) =>
    ['--cluster', 'c', '--vhost', vhost, '--host', host, ...NODES, ...more]
  const managed = await applied(t, args('by-management', '--apply', 'management', '--url', broker.managementUrl ?? ''))
  assert.deepEqual(managed.users.map(({ user, password }) => [user, password]), USERS.map((user) => [user, 'new']))
  const expected = await rightsAt('by-management')
  // Of each user its own, those on the exchange for hops, and those on the others.
  assert.equal(expected.length, USERS.length + USERS.length + 7)

  const controlled = await applied(t, args('by-rabbitmqctl', 'ron', '--apply', 'rabbitmqctl'))
  assert.deepEqual(controlled.users.map(({ password }) => password), [...USERS.map(() => 'kept'), 'new'])
  assert.deepEqual(await rightsAt('by-rabbitmqctl'), expected)
  await comesIn(controlled.users.at(-1)?.broker ?? '', 'c', 'framework', 'ron')

  const { code, stdout, stderr } = await setup(t, args('by-script', 'sue'))
  assert.deepEqual([code, stderr], [0, ''])
  const shell = { input: stdout, env: { ...broker.environment }, encoding: 'utf8' } as const
  assert.equal(execFileSync('/bin/sh', ['-s'], shell).match(/ is there: its password is kept/g)?.length, USERS.length)
  assert.deepEqual(await rightsAt('by-script'), expected)
  await comesIn(/framework-sue {2}(\S+)/.exec(stdout)?.[1] ?? '', 'c', 'framework', 'sue')
})

test('passwords come from a file, and are not printed again when they are applied again', LIMIT, async (t) => {
  const file = join(directoryOf(t), 'passwords')
  writeFileSync(file, '\n  agent-p1   s3cret/of#mine \n')
  const way = ['--apply', 'management', '--url', broker.managementUrl ?? '']
  const args = ['--cluster', 'p', '--agent', 'p1', '--passwords', file, ...way]
  const { host } = new URL(broker.url)
  const first = await setup(t, [...args, '--host', host])
  assert.match(first.stdout, /^agent-p1 +amqp:\/\/agent-p1:s3cret%2Fof%23mine@127\.0\.0\.1:\d+\/p\n/)
  assert.match(first.stdout, /\nexecutors-p1 +amqp:\/\/executors-p1:[\w-]{32}@127\.0\.0\.1:\d+\/p\n$/)
  assert.match(first.stderr, /^cluster 'p' is set up on vhost 'p'; new passwords are shown this once\n$/)
  await comesIn(`amqp://agent-p1:s3cret%2Fof%23mine@${host}/p`, 'p', 'agent', 'p1')
  const again = await setup(t, args)
  assert.match(again.stdout, /^agent-p1 .*:PASSWORD@.* \(it was there and keeps its password\)\n/)
  assert.deepEqual([again.code, again.stdout.includes('s3cret')], [0, false])
})

test('a cluster of real nodes works with the rights that it was given, also its custom executors', LIMIT, async (t) => {
  const host = new URL(broker.url).host
  const { users } = await applied(t, [
    '--cluster', 'real', '--master', 'm2', '--agent', 'a2', '--framework', 'bob', '--host', host,
    '--apply', 'management', '--url', broker.managementUrl ?? '',
  ])
  const as = (user: string, more: Readonly<Record<string, string>> = {}) => ({
    environment: {
      WARREN_BROKER: users.find((each) => each.user === user)?.broker ?? '', WARREN_CLUSTER: 'real', ...more,
    },
  })
  const executors = { WARREN_EXECUTOR_BROKER: as('executors-a2').environment.WARREN_BROKER }
  const master = new Running(t, ['master', '--port', '0'], as('master-m2'))
  const [, http = ''] = await master.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  const workDir = directoryOf(t)
  const agent = new Running(t, [
    'agent', '--work-dir', workDir, '--resources', 'cpus:2;mem:2048;disk:10',
  ], as('agent-a2', executors))
  await agent.saying(/registered as/)
  const ran = await warren(t, ['run', '--', 'echo', 'hello'], as('framework-bob'))
  assert.deepEqual([ran.code, ran.stdout], [0, 'hello\n'])
  const primes = join(ROOT, 'actors/frameworks/example/primes.ts')
  const counted = await warren(t, ['framework', 'run', primes, '--', '20000', '2'], as('framework-bob'))
  assert.deepEqual([counted.code, /there are 2262 primes below 20000/.test(counted.stderr)], [0, true], counted.stderr)
  assert.doesNotMatch(await (await fetch(`${http}/metrics`)).text(), /reason="forged"/)
  const stranger = await warren(t, ['agent', '--name', 'a3', '--work-dir', join(workDir, 'a3')], as('agent-a2'))
  assert.match(stranger.stderr, /may not be the node 'agent-a3' of cluster 'real': pass --broker with that node's user/)
  assert.equal(stranger.code, 6)
  assert.equal((await manage('users/agent-a2', 'DELETE')).status, 204)
  await agent.saying(/the connection to the other nodes is lost/)
})
