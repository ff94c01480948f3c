import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { clusterLine } from '../../support/cluster-line.js'
import { warren } from '../../support/command-line.js'
import { openOperated, type Operated } from '../../support/operated-cluster.js'
import { joinWaiting } from '../../support/waiting-framework.js'

const explain = async (t: TestContext, { http }: Operated, noun: string, id: string) => {
  const { code, stdout, stderr } = await warren(t, ['explain', noun, id, '--master', http.url])
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

const explained = async (t: TestContext, { http }: Operated, noun: string, id: string) =>
  JSON.parse((await warren(t, ['explain', noun, id, '--json', '--master', http.url])).stdout).explanation

test('what nobody can place is short of what each agent lacks, and of what it could never have', async (t) => {
  const operated = await openOperated(t)
  const huge = await joinWaiting(t, operated.hub, 'huge', { needs: { cpus: 8, mem: 512 } })
  const said = await explain(t, operated, 'framework', huge)
  assert.match(said, /^framework huge \(.*\): it waits for agents with 8 cpus, 512 MB; the only agent is not offered/)
  assert.match(said, /\nAGENT +NAME +FREE +WHY NOT\n\S+ +a1 +4 cpus, 4096 MB +short of cpus 4 < 8 \(4 in all\)\n/)
  assert.match(said, /\nrole \*: a share of 0 % with offers; in it this framework has 0 %, place 1 of 1\n$/)
  const { agents, serving, needs, counts } = await explained(t, operated, 'framework', huge)
  assert.deepEqual([serving, needs, counts], [0, { cpus: 8, mem: 512 }, { short: 1 }])
  assert.deepEqual(agents[0].lines, ['short of cpus 4 < 8 (4 in all)'])
  assert.deepEqual(agents[0].reasons, [{
    kind: 'short', lacks: [{ name: 'cpus', free: 4, needs: 8, total: 4 }], text: 'short of cpus 4 < 8 (4 in all)',
  }])
})

test('a command that waits for room says how to ask why, and runs once there is room', async (t) => {
  const line = await clusterLine(['cpus:2;mem:1024'])
  t.after(() => line.close())
  const first = line.start(['run', '--cpus', '2', '--json', '--', 'sleep', '600'])
  await once(first.stdout ?? process.stdin, 'data')
  const second = line.start(['run', '--cpus', '1', '--', 'true'])
  const [line1] = await once(second.stderr ?? process.stdin, 'data') as [Buffer]
  const why = /room on an agent; `warren explain framework (\S+) --work-dir \S+` says why\n$/
  const [, id = ''] = why.exec(line1.toString()) ?? []
  const { stdout } = await warren(t, ['explain', 'framework', id, '--master', line.cluster.http])
  assert.match(stdout, /^framework true \(\S+\): it waits for agents with 1 cpu, 128 MB; /)
  assert.match(stdout, / +a1 +896 MB +short of cpus 0 < 1\n +2 cpus, 128 MB in use by 1 task of sleep \(\S+\)\n/)
  first.kill('SIGTERM')
  const [code] = await once(second, 'close')
  assert.equal(code, 0)
})

test('what has declined an agent hears which offer that was, and for how long it is not asked', async (t) => {
  const operated = await openOperated(t)
  let offerId = ''
  const picky = await joinWaiting(t, operated.hub, 'picky', {
    answers(offers, ctx) {
      offerId = offers[0]?.offerId ?? ''
      ctx.decline(offers, { refuseMs: 3_600_000 })
    },
  })
  const said = await explain(t, operated, 'framework', picky)
  assert.match(said, /: the only agent is not offered to it\n/)
  const why = `it did not take 4 cpus, 4096 MB \\(offer ${offerId}\\): as much is not offered again for 59m`
  assert.match(said, new RegExp(`  ${why}\n`))
  const { agents: [{ reasons: [reason, ...more] }] } = await explained(t, operated, 'framework', picky)
  assert.deepEqual([reason.kind, reason.offer, reason.role, more], ['filtered', offerId, '*', []])
  assert.ok(Math.abs(Date.parse(reason.until) - Date.now() - 3_600_000) < 60_000)
})

test('what comes after another by its share hears who holds what it waits for, and by which share', async (t) => {
  const operated = await openOperated(t)
  const rich = await operated.framework('rich')
  const gate = operated.gate()
  await rich.start('held', `cat ${gate.path}`)
  let offerId = ''
  const poor = await joinWaiting(t, operated.hub, 'poor', {
    answers: (offers) => { offerId = offers[0]?.offerId ?? '' },
  })
  // It wants more; nobody waits for what it never gets.
  void rich.start('more', 'true')
  const said = await explain(t, operated, 'framework', rich.id)
  assert.match(said, /: the only agent is not offered to it\n/)
  assert.match(said, / nothing of it is left\n/)
  const held = `3.5 cpus, 4064 MB held by offer ${offerId} to poor \\(${poor}\\) for \\d+s`
  assert.match(said, new RegExp(`  ${held}, whose turn came with a share of 0 %\n`))
  assert.match(said, / 0.5 cpus, 32 MB in use by 1 task of its own\n/)
  assert.match(said, /\nrole \*: a share of 100 % with offers; in it this framework has 12.5 %, place 1 of 2\n/)
  assert.match(said, new RegExp(`\nnext: warren offer inspect ${offerId} --master ${operated.http.url}\n$`))
  const role = await explain(t, operated, 'role', '*')
  assert.match(role, /^role \* has 12.5 % of the cluster, most of cpus, and 2 frameworks\n\nframework /)
  assert.match(role, /framework poor .*; 1 offer waits for its answer\n/)
  assert.match(role, /to the framework itself for \d+s: it has not answered\n/)
  assert.match(role, new RegExp(`\nasked before it: rich \\(${rich.id}\\) 12.5 %\n`))
})

test('agents that are held back say so, beside every other reason', async (t) => {
  const operated = await openOperated(t)
  const huge = await joinWaiting(t, operated.hub, 'huge', { needs: { cpus: 8 } })
  const [agent] = (await explained(t, operated, 'framework', 'huge')).agents
  assert.equal(agent.name, 'a1')
  await warren(t, ['agent', 'deactivate', 'a1', '--master', operated.http.url])
  await warren(t, ['agent', 'drain', 'a1', '--master', operated.http.url])
  const { agents: [{ reasons }] } = await explained(t, operated, 'framework', huge)
  assert.deepEqual(reasons.map(({ kind }: { kind: string }) => kind), ['draining', 'deactivated', 'short'])
})

test('a task says where it is; one that nobody has launched is looked for with its framework', async (t) => {
  const operated = await openOperated(t)
  const tenant = await operated.framework('f1')
  const gate = operated.gate()
  await tenant.start('web', `cat ${gate.path}; exit 3`)
  assert.match(await explain(t, operated, 'task', 'web'),
    /^task web: it has its place: RUNNING on a1 \(\S+\) for \d+s\n$/)
  await gate.say('')
  await tenant.ended('web')
  const ended = await explain(t, operated, 'task', 'web')
  assert.match(ended, /^task web: it has ended: FAILED \d+s ago, .*\nnext: warren task logs \S+\/web --master \S+\n$/)
  const huge = await joinWaiting(t, operated.hub, 'huge', { needs: { cpus: 8 } })
  const unknown = await warren(t, ['explain', 'task', 'later', '--master', operated.http.url])
  assert.deepEqual([unknown.code, unknown.stdout], [4, ''])
  assert.match(unknown.stderr, /^warren: there is no task 'later': one that has not been launched is known to its /)
  assert.match(unknown.stderr, new RegExp(`these wait for offers: .*${huge} \\(huge\\)`))
  const none = await warren(t, ['explain', 'framework', 'x', '--master', operated.http.url])
  const list = `warren framework list --master ${operated.http.url}`
  assert.deepEqual([none.code, none.stderr], [4, `warren: there is no framework 'x'; see \`${list}\`\n`])
})
