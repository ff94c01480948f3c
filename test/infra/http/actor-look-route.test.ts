import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ActorLookAnswer } from '../../../infra/http/actor-look-view.js'
import type { Group, Shown } from '../../../infra/snapshot/tree.js'
import { WAITING_TOLD_MAX, type NodeVitals } from '../../../actors/protocol/vitals.js'
import { holdActor } from '../../support/held-actor.js'
import { openOperated, type Operated } from '../../support/operated-cluster.js'

const ask = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}
const look = async (http: string, node: string, path: string): Promise<ActorLookAnswer> => {
  const { status, body } = await ask(`${http}/v1/actors/${node}/${encodeURIComponent(path)}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const within = (shown: Shown | undefined, ...names: readonly string[]): Shown | undefined =>
  names.reduce((at, name) => (at as Group).entries.find(([each]) => each === name)?.[1], shown)

/** The agent is known once a task has run there. */
async function opened(t: TestContext): Promise<Operated> {
  const operated = await openOperated(t)
  const tenant = await operated.framework('painter')
  await tenant.start('t1', 'true')
  await tenant.ended('t1')
  return operated
}

test('what an actor holds is told, wherever it lives, and no secret of it', async (t) => {
  const { http, master, agent } = await opened(t)
  const { node, path, waiting, state } = await look(http.url, master.system.node, 'master')
  assert.deepEqual([node, path, waiting], [master.system.node, 'master', []])
  assert.match(JSON.stringify(state), /"painter"/)
  const updates = await look(http.url, 'agent-a1', 'agent/updates')
  assert.equal(updates.node, agent.system.node, 'a node is found by its name without its incarnation')
  assert.equal((updates.state as Group).kind, 'record')
  // While this is asked, the vitals hold the page keys of masters.
  const asked = ask(`${http.url}/v1/masters`)
  const seen = JSON.stringify(await look(http.url, 'master-m1', 'vitals'))
  const { body: { masters: [{ pageKey }] } } = await asked
  assert.ok(typeof pageKey === 'string' && !seen.includes(pageKey))
})

test('a secret of a task is in no state of any actor that has the task', async (t) => {
  const { http, framework, gate } = await opened(t)
  const tenant = await framework('poet')
  const door = gate()
  await tenant.start('t2', `cat ${door.path}`, { API: 'hunter2' })
  const { body: { nodes } } = await ask(`${http.url}/v1/actors`)
  const having: string[] = []
  for (const { node, actors } of nodes as readonly NodeVitals[]) {
    for (const { path } of actors) {
      const seen = JSON.stringify(await look(http.url, node, path))
      assert.doesNotMatch(seen, /hunter2/, `${node}/${path}`)
      if (seen.includes('"API"')) having.push(path)
    }
  }
  assert.ok(having.includes('agent'), `that there is a secret is shown, as in ${having}`)
  await door.say('')
})

test('messages that wait are told in their order, but for secrets; then how many more', async (t) => {
  const { http, agent } = await opened(t)
  const secret = { type: 'start', environment: { API: 'hunter2' }, launchId: 'l1' }
  const more = Array.from({ length: 99 }, (_, number) => ({ type: 'numbered', number }))
  holdActor(agent.system, 'held', [secret, ...more])
  const { waiting, waitingTotal, ...rest } = await look(http.url, 'agent-a1', 'held')
  assert.deepEqual([waiting.length, waitingTotal, 'state' in rest], [WAITING_TOLD_MAX, 100, false])
  const [first, second] = waiting
  assert.equal(first?.type, 'start')
  assert.deepEqual(within(first?.body, 'environment', 'API'), { kind: 'told', text: '[secret]' })
  assert.deepEqual([within(first?.body, 'launchId'), within(second?.body, 'number')], ['l1', 0])
  assert.doesNotMatch(JSON.stringify(waiting), /hunter2/)
})

test('who is not there is said to be, and a node that is silent too', async (t) => {
  const { http } = await opened(t)
  const said = async (path: string) => {
    const { status, body: { error } } = await ask(`${http.url}/v1/actors/${path}`)
    return [status, error.code, error.message]
  }
  const [status, code, message] = await said('agent-a1/nobody')
  assert.deepEqual([status, code], [404, 'not-found'])
  assert.match(String(message), /^there is no actor 'nobody' in node 'agent-a1@\w+'$/)
  assert.deepEqual((await said('agent-a1/a%20b')).slice(0, 2), [404, 'not-found'])
  assert.deepEqual(await said('agent-zz/agent'), [404, 'not-found', "there is no node 'agent-zz'"])
  assert.deepEqual(await said('master-gone@life1/master'),
    [503, 'unavailable', "node 'master-gone@life1' did not answer: it is busy, or gone"])
  assert.equal((await said('agent-a1/agent?all=1'))[0], 400)
})
