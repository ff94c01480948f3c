import assert from 'node:assert/strict'
import test from 'node:test'
import { command, executed } from '../master/desk.js'
import {
  admitted, childOf, commit, journal, kill, launch, launchOf, master, registered, reported, runTask, workbench,
} from './workbench.js'

const why = (driven: Parameters<typeof reported>[0]) =>
  reported(driven).map(({ taskId, state, reason }) => `${taskId} ${state} ${reason}`)

test('a launch is on disk before anything runs', () => {
  const { driven, commands } = registered()
  driven.receive(runTask(1, command('t')))
  assert.deepEqual(driven.toldTo(journal).map((each) => each.type === 'append' && each.records), [[
    admitted(1, command('t')),
  ]])
  assert.deepEqual([commands.length, driven.state.memory.tasks.size], [0, 0])
  commit(driven)
  assert.deepEqual(commands.map(({ launch: { launchId }, recovered }) => [launchId, recovered]), [['w-L1', false]])
  assert.equal(driven.state.memory.tasks.size, 1)
})

test('a launch is taken once, however often it is sent', () => {
  const { driven, commands } = registered()
  driven.receive(runTask(1, command('t')))
  driven.receive(runTask(1, command('t')))
  commit(driven)
  driven.receive(runTask(1, command('t')))
  assert.equal(driven.toldTo(journal).length, 1)
  assert.equal(commands.length, 1)
})

test('a launch of an earlier life is not taken again, even when all is over', () => {
  const over = { type: 'launches-remembered', launchIds: [launchOf(1)] } as const
  const { driven, commands } = registered([over])
  launch(driven, 1, command('t'))
  assert.equal(commands.length, 0)
})

test('of a launch that is over and is sent again the end is told, or that it is gone', () => {
  const over = { type: 'launches-remembered', launchIds: [launchOf(1)] } as const
  const { driven } = registered([over])
  driven.receive(runTask(1, command('t')))
  const [told] = driven.toldTo(master)
  assert.ok(told?.type === 'task-status')
  const { update: { state, updateId, reason } } = told
  assert.deepEqual([state, updateId, reason], ['GONE', 'w-L1.0', 'agent-restarted'])
})

test('nothing is taken before the journal is read, nor while the agent leaves', () => {
  const early = workbench()
  early.driven.receive(runTask(1, command('t')))
  assert.equal(early.driven.toldTo(journal).length, 1, 'it asked only for the journal')
  const late = registered()
  late.driven.receive({ type: 'leave', replyTo: 'x' as never })
  launch(late.driven, 1, command('t'))
  assert.equal(late.commands.length, 0)
})

test('a launch that does not fit is written down, then dropped with the reason', () => {
  const { driven, commands } = registered()
  launch(driven, 1, command('big', { cpus: 3 }))
  launch(driven, 2, command('too', { cpus: 2 }))
  assert.deepEqual(why(driven), ['too DROPPED no-room'])
  assert.deepEqual([commands.length, driven.state.memory.launches.size], [1, 2])
})

test('two launches that arrive together do not both get the last room', () => {
  const { driven, commands } = registered()
  driven.receive(runTask(1, command('a', { cpus: 3 })))
  driven.receive(runTask(2, command('b', { cpus: 3 })))
  commit(driven)
  assert.deepEqual([commands.length, why(driven)], [1, ['b DROPPED no-room']])
})

test('a launch that the disk refuses is dropped, and nothing runs', () => {
  const { driven, commands } = registered()
  driven.receive(runTask(1, command('t')))
  driven.receive({ type: 'append-failed', token: 1, reason: 'no space left' })
  assert.deepEqual([commands.length, why(driven)], [0, ['t DROPPED journal-failed']])
  assert.match(reported(driven)[0]?.text ?? '', /no space left/)
})

test('a task that is killed on its way to the disk never begins', () => {
  const { driven, commands } = registered()
  driven.receive(runTask(1, command('t')))
  driven.receive(runTask(2, command('u')))
  driven.receive(kill('t'))
  commit(driven)
  assert.deepEqual([commands.length, why(driven)], [1, ['t KILLED killed-during-launch']])
})

test('the first task of an executor starts it, the others are given to it', () => {
  const { driven, processes } = registered()
  launch(driven, 1, executed('a', 'e', { cpus: 1 }))
  launch(driven, 2, executed('b', 'e', { cpus: 1 }))
  assert.deepEqual(processes.map(({ launchId, executorId }) => [launchId, executorId]), [['w-L1-executor', 'e']])
  assert.deepEqual(processes[0]?.launches.map(({ launchId }) => launchId), ['w-L1'])
  const orders = driven.toldTo(childOf(driven, 'w-L1-executor'))
  assert.deepEqual(orders.map((order) => order.type === 'run' && order.launch.launchId), ['w-L2'])
})

test('an executor that no task is to run in after all is given up at once', () => {
  for (const outcome of ['killed', 'refused', 'no-room'] as const) {
    const { driven } = registered()
    if (outcome === 'no-room') launch(driven, 9, command('all', { cpus: 4 }))
    driven.take()
    driven.receive(runTask(1, executed('t', 'e', { cpus: 1 })))
    if (outcome === 'killed') driven.receive(kill('t'))
    if (outcome === 'refused') driven.receive({ type: 'append-failed', token: 1, reason: 'no space left' })
    else commit(driven)
    assert.deepEqual(driven.toldTo(master).map((call) => call.type), ['executor-exited'], outcome)
  }
})

test('an executor that another task needs is kept', () => {
  const { driven } = registered()
  driven.receive(runTask(1, executed('a', 'e', { cpus: 1 })))
  driven.receive(runTask(2, executed('b', 'e', { cpus: 1 })))
  driven.receive(kill('a'))
  commit(driven)
  driven.take()
  driven.receive(runTask(3, executed('c', 'e', { cpus: 1 })))
  driven.receive(kill('c'))
  commit(driven)
  assert.deepEqual(driven.toldTo(master), [])
})
