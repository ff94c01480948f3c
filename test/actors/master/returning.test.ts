import assert from 'node:assert/strict'
import test from 'node:test'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { digestOfHeld } from '../../../actors/protocol/task-digest.js'
import { agentInfo, agentRef, deskAtWork, executed, held, typesOf } from './desk.js'

/** An agent with a task and a custom executor, of which a new leader knows from the log. */
function away() {
  const { desk, agentId, frameworkId, task } = deskAtWork()
  desk.accept(frameworkId, [desk.offer(frameworkId, agentId)], [executed('u', 'e', { cpus: 0.5 })])
  desk.report(desk.task(frameworkId, 'u'), 'RUNNING', 1)
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const tasks = [held(task, 'RUNNING'), held(desk.task(frameworkId, 'u'), 'RUNNING')]
  const executors = [{ frameworkId, executorId: 'e' as never }]
  const back = (digest: string, id: AgentId = agentId) => desk.say({
    type: 'return-agent', agent: agentRef('a', 'i2'), info: agentInfo(), agentId: id, digest,
  })
  return { desk, agentId, tasks, executors, back }
}

test('an agent that holds what the log says is back with a digest of it', () => {
  const { desk, agentId, tasks, executors, back } = away()
  const decided = back(digestOfHeld(tasks, executors))
  assert.deepEqual([decided.records, typesOf(decided)], [[], ['agent-registered']])
  assert.deepEqual(decided.allocator, [{ type: 'activate-agent', agentId }])
  assert.equal(desk.knowledge.present.agents.get(agentId)?.ref, agentRef('a', 'i2'))
})

test('whoever holds anything else, or is not known, is asked for all', () => {
  const { tasks, executors, back } = away()
  const [first, second] = tasks as [typeof tasks[number], typeof tasks[number]]
  const others = [
    digestOfHeld([first], executors), digestOfHeld(tasks, []),
    digestOfHeld([first, { ...second, state: 'KILLING' }], executors),
  ]
  for (const decided of [...others.map((each) => back(each)), back(digestOfHeld([], []), 'w-S9' as AgentId)]) {
    assert.deepEqual([decided.records, decided.changes, typesOf(decided)], [[], [], ['account-wanted']])
  }
})
