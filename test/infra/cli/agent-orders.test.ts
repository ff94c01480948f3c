import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentView } from '../../../actors/protocol/operator.js'
import { drainSaid } from '../../../infra/cli/agent-orders.js'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('an agent is deactivated, drained, activated and declared gone, each once and with what to do next', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', `cat ${gate().path}`)
  const agent = (...args: string[]) => warren(t, ['agent', ...args, '--master', http.url])
  const id = (await agent('list', '--quiet')).stdout.trim()
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await agent(...args)
    assert.deepEqual([code, stderr], [0, ''])
    return stdout
  }
  const which = ` --master ${http.url}`
  const again = `offer it again: warren agent reactivate ${id}${which}\n`
  const hint = `end its tasks, too: warren agent drain ${id}${which}\n${again}`
  assert.equal(await said('deactivate', id), `agent ${id} is offered no more; its tasks run on\n${hint}`)
  assert.equal(await said('deactivate', id), `agent ${id} was not offered before\n${hint}`)
  assert.match((await agent('list')).stdout, new RegExp(`\\n${id} +a1 +rock +deactivated +1 `))
  const drained = await said('drain', id, '--grace', '30s', '--deadline', '1h')
  const saying = `^agent ${id} drains: \\d tasks? still to end\nsee how far it is: warren agent inspect`
  assert.match(drained, new RegExp(saying))
  assert.equal((await tenant.ended('t')).state, 'KILLED')
  assert.match(await said('inspect', id), /^state +drained\n.*tasks end at once from +20/ms)
  const document = JSON.parse(await said('drain', id, '--json'))
  assert.deepEqual([document.schemaVersion, document.changed, document.agent.state], [1, false, 'drained'])
  const see = `see it: warren agent inspect ${id}${which}\n`
  assert.equal(await said('reactivate', id), `agent ${id} is offered again\n${see}`)
  assert.match(await said('gone', id), new RegExp(`^agent ${id} is gone\n`))
  assert.match(await said('gone', id), new RegExp(`^agent ${id} was gone before\n`))
  assert.match((await agent('list')).stderr, /^no agents\n$/)
  assert.match(await said('list', '--all', '--no-headers'), new RegExp(`^${id} +a1 +rock +gone +0 `))
  const late = await agent('drain', id)
  assert.deepEqual([late.code, late.stdout], [4, ''])
  assert.match(late.stderr,
    /gone at .* fresh --work-dir, and it joins as a new agent; see `warren agent list --master \S+`\n$/)
})

test('an agent that is away is not said to be drained: it will be when it is back', () => {
  const said = (agent: Partial<AgentView>) =>
    drainSaid('S0', { changed: true, agent: agent as AgentView })
  assert.deepEqual(said({ state: 'drained', connection: 'connected' }), ['agent S0 is drained'])
  assert.deepEqual(said({ state: 'drained', connection: 'unreachable' }),
    ['agent S0 is unreachable: it will be drained when it is back'])
  assert.deepEqual(said({ state: 'draining', connection: 'unreachable', tasks: 2 }),
    ['agent S0 drains: 2 tasks still to end', 'it is unreachable: it ends them when it is back'])
})

test('an order for an agent that is not there, or that cannot be read, is refused', async (t) => {
  const { http } = await openOperated(t)
  const failed = async (code: number, problem: RegExp, ...args: string[]) => {
    const ended = await warren(t, ['agent', ...args, '--master', http.url])
    assert.deepEqual([ended.code, ended.stdout], [code, ''])
    assert.match(ended.stderr, problem)
  }
  for (const order of ['deactivate', 'reactivate', 'drain', 'gone']) {
    await failed(4, /^warren: there is no agent 'nobody'; see `warren agent list --master \S+`\n$/, order, 'nobody')
  }
  await failed(2, /^warren: --grace: 'soon' is no duration/, 'drain', 'x', '--grace', 'soon')
  await failed(2, /missing required argument 'agent'/, 'drain')
})
