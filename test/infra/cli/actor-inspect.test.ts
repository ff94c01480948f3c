import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { holdActor } from '../../support/held-actor.js'
import { openOperated } from '../../support/operated-cluster.js'

test('actors are listed by their addresses, and one is inspected: what waits and what it holds', async (t) => {
  const { http, framework, agent } = await openOperated(t)
  const tenant = await framework('painter')
  await tenant.start('hello', 'true', { API: 'hunter2' })
  await tenant.ended('hello')
  holdActor(agent.system, 'held', [{ type: 'start', environment: { API: 'hunter2' }, launchId: 'l1' } as never])
  const actor = (...args: string[]) => warren(t, ['actor', ...args, '--master', http.url])

  const { stdout } = await actor('list')
  assert.match(stdout, /^ACTOR +STATUS +WAITING +NEXT WAITS +PROCESSED +RESTARTS +LAST FAILURE\nmaster-m1@/)
  assert.match(stdout, /\nagent-a1@\w+\/held +backing-off +1 +\d+ ms +0 +1 +it is not time yet: restart\n/)
  const addresses = (await actor('list', '--quiet', '--node', 'agent')).stdout.split('\n')
  assert.ok(addresses.includes(`${agent.system.node}/agent/updates`))
  assert.ok(!addresses.some((address) => address.startsWith('master')))
  const { nodes, silent } = JSON.parse((await actor('list', '--json')).stdout)
  assert.deepEqual([nodes.length, silent], [3, []])

  const held = await actor('inspect', 'agent-a1/held')
  assert.match(held.stdout, /^actor +agent-a1@\w+\/held\nwaiting +1\nstate +none now\n\nMESSAGE /)
  assert.match(held.stdout, /\nMESSAGE +FROM +WAITS +CONTENT\nstart +- +\d+ ms +launchId: "l1"\n$/)
  const master = await actor('inspect', 'master-m1/master', '--depth', '9')
  assert.match(master.stdout, /^actor +.*\nwaiting +\S+\nstate +\d+ fields\n/)
  assert.match(master.stdout, /\ncluster: \d+ fields\n {2}name: "test"\n/)
  assert.match(master.stdout, /\n +name: "painter"\n/)
  const folded = await actor('inspect', 'master-m1/master', '--depth', '0')
  assert.match(folded.stdout, /\ncluster: \d+ fields: name: "test"/)
  const { waiting } = JSON.parse((await actor('inspect', 'agent-a1/held', '--json')).stdout)
  const said = [held, master, folded].map(({ stdout: each }) => each).join('') + JSON.stringify(waiting)
  assert.ok(said.includes('[secret]') && !said.includes('hunter2'))
})

test('an actor that is not there, or is no address, is refused with what to do', async (t) => {
  const { http } = await openOperated(t)
  const inspect = (address: string) => warren(t, ['actor', 'inspect', address, '--master', http.url])
  const nobody = await inspect('master-m1/nobody')
  const there = `; see \`warren actor list --master ${http.url}\`\n`
  assert.match(nobody.stderr, /^warren: there is no actor 'nobody' in node 'master-m1@\w+'; /)
  assert.ok(nobody.stderr.endsWith(there), nobody.stderr)
  assert.equal(nobody.code, 4)
  const wrong = await inspect('master')
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /^warren: 'master' is no address of an actor: write NODE\/PATH; see `warren actor list`\n/)
})
