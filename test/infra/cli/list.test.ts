import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('every noun lists what there is, in columns, as JSON and as ids', async (t) => {
  const { http, agent, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t1', `cat ${door.path}`)
  await tenant.start('t2', 'exit 3')
  await tenant.ended('t2')
  const list = (noun: string, ...args: string[]) => warren(t, [noun, 'list', '--master', http.url, ...args])

  const agents = await list('agent')
  assert.match(agents.stdout, /^ID +NAME +HOSTNAME +STATE +TASKS +RESOURCES +USED +OFFERED\n/)
  assert.match(agents.stdout, /\n\S+-S0-\w+ +a1 +rock +active +1 +4 cpus, 4096 MB +0\.5 cpus, 32 MB +/)
  const frameworks = await list('framework', '--no-headers')
  const row = new RegExp(`^${tenant.id} +f1 +active +\\* +1 +0\\.5 cpus, 32 MB +\\d+s\\n$`)
  assert.match(frameworks.stdout, row)
  const live = await list('task')
  assert.match(live.stdout, /^ID +NAME .*\nt1 +t1 .* RUNNING .*\n$/)
  assert.equal(live.stderr, '1 that have ended: warren task list --all\n')
  assert.match((await list('task', '--all')).stdout, /\nt1 .*\nt2 .* FAILED \(exit 3\) .*\n$/)
  assert.equal((await list('task', '--state', 'failed', '--quiet')).stdout, `${tenant.id}/t2\n`)
  const offers = await list('offer')
  assert.deepEqual([offers.code, offers.stdout, offers.stderr], [0, '', 'no offers\n'])
  for (const noun of ['agent', 'framework', 'task', 'offer', 'role']) {
    const { code, stdout } = await list(noun, '--json')
    const document = JSON.parse(stdout)
    const { length } = document[`${noun}s`]
    assert.deepEqual([code, document.schemaVersion, length], [0, 1, noun === 'offer' ? 0 : 1])
  }
  const roles = await list('role')
  assert.match(roles.stdout, /^ROLE +SHARE +MOST OF +FRAMEWORKS +TASKS +USED +OFFERED\n/)
  assert.match(roles.stdout, /\n\* +12\.5 % +cpus +1 +1 +0\.5 cpus, 32 MB/)
  assert.deepEqual((await list('role', '--quiet')).stdout, '*\n')
  assert.equal(agent.info.hostname, 'rock')
})

test('what cannot be listed is said with the exit code of its kind', async (t) => {
  const { http } = await openOperated(t)
  const failed = async (code: number, said: RegExp, ...args: string[]) => {
    const ended = await warren(t, ['task', 'list', '--master', http.url, ...args])
    assert.deepEqual([ended.code, ended.stdout], [code, ''])
    assert.match(ended.stderr, said)
  }
  await failed(2, /^warren: 'FINE' is no task state: use STAGING, .*\n$/, '--state', 'fine')
  const unknown = /^warren: there is no framework 'nobody'; see `warren framework list --master \S+`\n$/
  await failed(4, unknown, '--framework', 'nobody')
  await failed(2, /^warren: unknown option '--states'/, '--states', 'RUNNING')
  await failed(2, /^warren: 'nowhere' is no address of a master: write --master http:/, '--master', 'nowhere')
  await http.close()
  await failed(6, new RegExp(`^warren: cannot reach the master at ${http.url}; \`warren master\` starts one\n$`))
})

test('an id that several listed tasks share is shown with its framework', async (t) => {
  const { http, framework } = await openOperated(t)
  const [one, two] = [await framework('f1'), await framework('f2')]
  for (const [tenant, id] of [[one, '1'], [two, '1'], [two, '2']] as const) {
    await tenant.start(id, 'true')
    await tenant.ended(id)
  }
  const { stdout } = await warren(t, ['task', 'list', '--all', '--no-headers', '--master', http.url])
  const ids = stdout.trim().split('\n').map((line) => line.split(' ', 1)[0])
  assert.deepEqual(ids, [`${one.id}/1`, `${two.id}/1`, '2'])
})
