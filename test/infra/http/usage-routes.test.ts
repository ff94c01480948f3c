import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentId } from '../../../actors/protocol/ids.js'
import type { OperatorUsage } from '../../../actors/protocol/look.js'
import { AGENTS_ASKED_MAX, UsageDesk, USAGE_KEPT_MS } from '../../../infra/http/usage-routes.js'
import { openOperated } from '../../support/operated-cluster.js'

const json = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

test('how busy a machine is is told with what each launch uses of it; of several, in brief', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `cat ${door.path}`)
  const { body: { tasks: [task] } } = await json(`${http.url}/v1/tasks`)
  const { status, body: { schemaVersion, usage } } = await json(`${http.url}/v1/agents/${task.agent}/usage`)
  assert.deepEqual([status, schemaVersion, usage.launches[0].launchId], [200, 1, task.launch])
  assert.ok(usage.cpus >= 1 && usage.memUsedBytes > 0 && usage.launches[0].memBytes > 0)
  const { body } = await json(`${http.url}/v1/usage?agents=${task.agent}`)
  assert.deepEqual(Object.keys(body.usage), [task.agent])
  assert.equal(body.usage[task.agent].launches, undefined)
  const many = Array.from({ length: AGENTS_ASKED_MAX + 1 }, (_, number) => `a${number}`).join()
  for (const agents of ['', many]) assert.equal((await json(`${http.url}/v1/usage?agents=${agents}`)).status, 400)
  assert.equal((await json(`${http.url}/v1/agents/nobody/usage`)).status, 404)
  await door.say('')
})

test('several agents are found by name, too; an unknown name is refused, an id that has gone left out', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', 'true')
  await tenant.ended('t')
  const { body: { agents: [{ id }] } } = await json(`${http.url}/v1/agents`)
  const gone = id.replace(/-S\d+/, '-S77')
  assert.notEqual(gone, id)
  for (const agents of ['a1', id, `a1,${id}`, `${gone},a1`, `${id},${gone}`]) {
    const { status, body } = await json(`${http.url}/v1/usage?agents=${agents}`)
    assert.deepEqual([status, Object.keys(body.usage)], [200, [id]], agents)
  }
  assert.deepEqual((await json(`${http.url}/v1/usage?agents=${gone}`)).body.usage, {})
  for (const agents of ['nobody', `a1,nobody,${id}`]) {
    const { status, body: { error } } = await json(`${http.url}/v1/usage?agents=${agents}`)
    assert.deepEqual([status, error.message], [404, "there is no agent 'nobody'"])
  }
})

test('however many look on, an agent is asked once in a while, and no answer is kept for longer', async () => {
  let [nowMs, asked] = [0, 0]
  const answer: OperatorUsage = { type: 'usage', problem: 'none' }
  const desk = new UsageDesk(async () => {
    asked++
    return answer
  }, () => nowMs)
  const ask = (id: string, launches = false) => desk.ask(id as AgentId, launches, USAGE_KEPT_MS)
  assert.equal(await ask('a'), answer)
  await Promise.all(Array.from({ length: 50 }, () => ask('a')))
  assert.equal(asked, 1)
  await ask('a', true)
  await ask('b')
  assert.deepEqual([asked, desk.size], [3, 3])
  nowMs += USAGE_KEPT_MS
  await ask('c')
  assert.deepEqual([asked, desk.size], [4, 1])
})
