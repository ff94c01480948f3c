import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { change } from '../../../actors/master/present-change.js'
import { onRegister } from '../../../actors/master/registration.js'
import { fullOf, onReturn } from '../../../actors/master/returning.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { digestOfHeld } from '../../../actors/protocol/task-digest.js'
import { agentInfo, agentRef, command, deskAtWork, executed, held, typesOf } from './desk.js'

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
  return { desk, agentId, frameworkId, tasks, executors, back }
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

test('a kill of what another agent holds is no reason to ask this one for all', () => {
  const { desk, agentId, frameworkId, tasks, executors, back } = away()
  desk.register('b')
  desk.accept(frameworkId, [desk.offer(frameworkId, 'w-S1' as AgentId)], [command('v')])
  desk.say({ type: 'kill', frameworkId, taskId: 'v' as never })
  const decided = back(digestOfHeld(tasks, executors))
  assert.deepEqual([typesOf(decided), decided.allocator], [['agent-registered'], [{ type: 'activate-agent', agentId }]])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i2') as never })
  desk.say({ type: 'kill', frameworkId, taskId: 't' as never })
  assert.deepEqual(typesOf(back(digestOfHeld(tasks, executors))), ['agent-registered', 'kill-task'])
})

type Away = ReturnType<typeof away>

/** What may have happened to it, one after the other. */
const HAPPENINGS: Readonly<Record<string, (_: Away) => unknown>> = {
  drained: ({ desk, agentId }) => desk.fold({ type: 'agent-draining', agentId, atMs: 1, deadlineMs: 9, gone: false }),
  deactivated: ({ desk, agentId }) => desk.fold({ type: 'agent-deactivated', agentId, atMs: 1 }),
  unreachable: ({ desk, agentId }) => desk.fold({ type: 'agent-unreachable', agentId, atMs: 1 }),
  back: ({ desk, agentId, tasks, executors }) => desk.register('a', { life: 'i3', agentId, tasks, executors }),
  offered: ({ desk: { knowledge: { present } }, agentId, frameworkId, tasks: [task] }) => change(present, {
    type: 'offer-made', atMs: 1,
    offer: { ...(task as Away['tasks'][number]), ...agentInfo(), offerId: 'O1' as never, agentId, frameworkId },
  }),
  killed: ({ desk, frameworkId, tasks: [task] }) =>
    desk.say({ type: 'kill', frameworkId, taskId: task?.task.taskId as never }),
  ended: ({ desk, frameworkId }) => desk.report(desk.task(frameworkId, 'u'), 'FINISHED', 2),
  counted: ({ desk, agentId, tasks, executors }) => {
    desk.register('a', { life: 'i3', number: 5, agentId, tasks, executors })
    desk.say({ type: 'agent-lost', agentId, ref: agentRef('a', 'i3') as never })
  },
}

test('whatever has happened to it, the same is decided as if it had said at length what it holds', () => {
  const all = Object.keys(HAPPENINGS)
  // One alone must be noticed.
  const names = fc.oneof({ weight: 4, arbitrary: fc.subarray(all, { maxLength: 1 }) }, fc.subarray(all))
  const same = fc.integer({ min: 0, max: 3 }).map((number) => number > 0)
  fc.assert(fc.property(names, fc.option(fc.nat(9), { nil: undefined }), same, (happened, life, isSame) => {
    const world = away()
    for (const name of happened) HAPPENINGS[name]?.(world)
    const { desk: { knowledge }, agentId } = world
    const held = [knowledge.cluster.tasksAt.of(agentId), knowledge.cluster.executorsAt.of(agentId)] as const
    const info = isSame ? agentInfo() : { ...agentInfo(), attributes: { rack: 'r2' } }
    const call = {
      type: 'return-agent', agent: agentRef('a', 'i4'), info: info as ReturnType<typeof agentInfo>, agentId,
      digest: digestOfHeld(...held), ...(life === undefined ? {} : { life }),
    } as const
    assert.deepEqual(onReturn(knowledge, call), onRegister(knowledge, fullOf(knowledge, call)))
  }), { numRuns: 300 })
})
