import assert from 'node:assert/strict'
import test from 'node:test'
import type { AgentId, FrameworkId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { agentInfo, agentRef, deskAtWork, held, MACHINE, typesOf, updatesOf } from './desk.js'

const agentId = 'w-S0' as AgentId

/** The agent of a task of 1 cpu comes back as another life that describes itself so. */
function comesBack(info: Partial<ReturnType<typeof agentInfo>>) {
  const { desk, task } = deskAtWork()
  const tasks = [held(task, 'RUNNING')]
  const back = desk.register('a', { life: 'i2', agentId, tasks, info: { ...agentInfo(), ...info } })
  const [message] = back.effects.map((effect) => effect.message as { type: string; problem?: string })
  return { desk, back, problem: message?.type === 'agent-refused' ? message.problem : undefined }
}

test('an agent that has grown is taken back, and so is one that has shrunk as far as its tasks allow', () => {
  for (const resources of [of({ cpus: 8, mem: 4096 }), of({ cpus: 1 })]) {
    const { back, problem } = comesBack({ resources })
    assert.equal(problem, undefined)
    assert.deepEqual(back.records.map(({ type }) => type), ['agent-admitted'])
    const told = back.allocator.flatMap((call) => (call.type === 'add-agent' ? [call.agent.total] : []))
    assert.deepEqual(told, [resources])
  }
})

test('an agent whose tasks do not fit any more is refused with what to do, and nothing is decided about it', () => {
  const { back, desk, problem } = comesBack({ resources: of({ cpus: 0.5, mem: 64 }) })
  assert.equal(problem, 'agent w-S0 comes back with cpus:0.5;mem:64, and its tasks hold cpus:1: start it with '
    + '--resources of at least that, and before it shrinks drain it: warren agent drain w-S0; '
    + 'or start it with a fresh --work-dir as a new agent')
  assert.deepEqual([back.records, back.changes, back.allocator, typesOf(back)], [[], [], [], ['agent-refused']])
  assert.equal(desk.task('w-0000' as FrameworkId, 't').state, 'RUNNING')
  assert.deepEqual(desk.knowledge.cluster.agents.get(agentId)?.info.resources, MACHINE)
})

test('what it does not have any more does not keep an agent from shrinking', () => {
  const { desk } = deskAtWork()
  const back = desk.register('a', { life: 'i2', agentId, info: agentInfo(of({ cpus: 0.5 })) })
  assert.deepEqual(typesOf(back), ['agent-registered', 'update'])
})

test('an agent that comes back from another host is refused', () => {
  const { problem } = comesBack({ hostname: 'other' })
  assert.match(problem ?? '', /known as host 'host' and comes back as 'other': start it with --hostname host, or /)
})

test('other attributes and a new name are as good as the old ones', () => {
  assert.equal(comesBack({ attributes: {}, name: 'b' }).problem, undefined)
})

test('what ran on a machine before it was rebooted is gone, and that is said', () => {
  const { desk } = deskAtWork()
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const back = desk.register('a', { life: 'i2', agentId, info: { ...agentInfo(), bootId: 'next' } })
  assert.deepEqual(updatesOf(back).map(({ state, reason, text }) => [state, reason, text]), [
    ['GONE', 'agent-restarted', 'the machine was rebooted'],
  ])
})
