import assert from 'node:assert/strict'
import test from 'node:test'
import { command, executed } from '../master/desk.js'
import {
  admitted, childOf, commit, executorGone, executorRef, frameworkId, held, journal, journaled, launchOf, master,
  queued, registered, reported, runTask, workbench,
} from './workbench.js'

const why = (driven: Parameters<typeof reported>[0]) =>
  reported(driven).map(({ taskId, state, reason, text }) => `${taskId} ${state} ${reason} ${text}`)
const begun = (bootId: string) => ({ type: 'life-begun', name: 'master-driven', bootId } as const)
const written = (driven: Parameters<typeof reported>[0]) =>
  driven.toldTo(journal).flatMap((each) => each.type === 'append' ? each.records : [])

test('commands of an earlier life are found again', () => {
  const { commands } = registered([
    admitted(1, command('begun')), queued(1, 'begun', 1, 'RUNNING'),
    admitted(2, command('staging')),
    admitted(4, command('over')), queued(4, 'over', 1, 'FINISHED'),
  ])
  assert.deepEqual(commands.map(({ launch: { launchId }, recovered, rebooted }) => [launchId, recovered, rebooted]), [
    ['w-L1', true, false], ['w-L2', false, false],
  ])
})

test('they are told since when they run', () => {
  const { commands } = registered([admitted(1, command('t')), queued(1, 't', 1, 'RUNNING')])
  assert.equal(commands[0]?.launch.startedAtMs, 1)
})

test('executors of an earlier life are found again with their live tasks, and listed to the master', () => {
  const { driven, processes } = workbench()
  driven.receive({ type: 'replayed', records: [
    held(1, 'e'), admitted(1, executed('a', 'e')), queued(1, 'a', 1, 'RUNNING'),
    admitted(2, executed('b', 'e')), admitted(3, executed('over', 'e')), queued(3, 'over', 1, 'FINISHED'),
  ] })
  assert.deepEqual(processes.map(({ launchId, origin, launches }) =>
    [launchId, origin, launches.map((launch) => launch.launchId)]), [
    ['w-L1-executor', { type: 'recover', executor: executorRef }, ['w-L1', 'w-L2']],
  ])
  driven.receive({ type: 'leader', master, epoch: 3, cluster: 'warren' })
  const [call] = driven.toldTo(master)
  assert.ok(call?.type === 'register-agent')
  assert.deepEqual(call.executors, [{ frameworkId, executorId: 'e' }])
  assert.deepEqual(why(driven), [])
  driven.receive({ type: 'kill-task', epoch: 3, frameworkId, taskId: 'a' as never, graceMs: 5 })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1-executor')), [{ type: 'end', launchId: 'w-L1', graceMs: 5 }])
})

test('what an executor had not begun when it ended is begun by another one, under a name of its own', () => {
  const { driven, processes } = registered([held(1, 'e', false), admitted(1, executed('a', 'e'))])
  assert.deepEqual(processes[0]?.origin, { type: 'recover' })
  driven.receive(executorGone('e'))
  assert.deepEqual(processes.map(({ launchId, origin }) => [launchId, origin.type]), [
    ['w-L1-executor', 'recover'], ['w-L1-executor-1000', 'start'],
  ])
  assert.deepEqual(driven.toldTo(master), [], 'it has an executor all the time')
  assert.deepEqual(written(driven), [
    { type: 'executor-dropped', frameworkId, executorId: 'e', launchId: 'w-L1-executor' },
  ])
})

test('a task whose executor has ended, or was never written down, may have begun and is gone', () => {
  const ended = { type: 'executor-dropped', frameworkId, executorId: 'e', launchId: 'w-L1-executor' } as never
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [
    held(1, 'e'), admitted(1, executed('t', 'e')), ended, admitted(2, executed('u', 'f')),
  ] })
  assert.deepEqual(why(driven), [
    't GONE agent-restarted its executor has ended', 'u GONE agent-restarted its executor has ended',
  ])
})

test('after a boot of the machine no process is looked for: only what is on disk can tell of a command', () => {
  const { driven, commands, processes } = workbench()
  driven.receive({ type: 'replayed', records: [
    begun('before'), held(1, 'e'), admitted(1, executed('t', 'e')), queued(1, 't', 1, 'RUNNING'),
    admitted(2, command('c')), queued(2, 'c', 1, 'RUNNING'), admitted(3, command('staging')),
  ] })
  assert.deepEqual(why(driven), ['t GONE agent-restarted the machine was rebooted'])
  assert.deepEqual(commands.map(({ launch: { launchId }, recovered, rebooted }) => [launchId, recovered, rebooted]), [
    ['w-L2', true, true], ['w-L3', true, true],
  ])
  assert.equal(processes.length, 0)
  assert.deepEqual(written(driven).map(({ type }) => type), ['life-begun', 'executor-dropped'])
})

test('the same boot is known again, and a journal that tells of none is believed', () => {
  for (const records of [[begun('boot')], []]) {
    const { commands } = registered([...records, admitted(1, command('t')), queued(1, 't', 1, 'RUNNING')])
    assert.equal(commands[0]?.rebooted, false)
  }
})

test('launches are written down with the life that they are of, until that is known to be on disk', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [] })
  driven.receive({ type: 'append-failed', token: -1, reason: 'no space left' })
  driven.take()
  driven.receive(runTask(1, command('t')))
  assert.deepEqual(written(driven), [{ ...begun('boot'), number: 1 }, admitted(1, command('t'))])
  commit(driven)
  driven.take()
  driven.receive(runTask(2, command('u')))
  assert.deepEqual(written(driven), [admitted(2, command('u'))])
})

test('each life counts on from the one before, and says so to the master', () => {
  const { driven } = workbench()
  driven.receive({ type: 'replayed', records: [{ ...begun('boot'), number: 6 }] })
  assert.deepEqual(written(driven), [{ ...begun('boot'), number: 7 }])
  driven.receive({ type: 'leader', master, epoch: 3, cluster: 'warren' })
  commit(driven)
  const calls = driven.toldTo(master)
  assert.deepEqual(calls.map((call) => call.type === 'register-agent' && call.life), [7])
})

test('a task that was being ended goes on being ended, with its whole grace', () => {
  const { driven } = workbench()
  const task = command('t', { cpus: 1 }, { killGraceMs: 70 })
  driven.receive({
    type: 'replayed', records: [admitted(1, task), queued(1, 't', 1, 'RUNNING'), queued(1, 't', 2, 'KILLING')],
  })
  assert.deepEqual(driven.toldTo(childOf(driven, 'w-L1')), [{ type: 'end', launchId: 'w-L1', graceMs: 70 }])
})

test('updates are counted on from where an earlier life ended', () => {
  const { driven } = registered([admitted(1, command('t')), queued(1, 't', 1, 'RUNNING')])
  driven.receive({ type: 'task-report', launchId: launchOf(1), state: 'FINISHED', exitCode: 0 })
  const [update] = reported(driven)
  assert.deepEqual([update?.updateId, update?.frameworkId, update?.exitCode], ['w-L1.2', frameworkId, 0])
  journaled(driven, update as NonNullable<typeof update>)
  assert.equal(driven.state.memory.tasks.get(launchOf(1))?.state, 'FINISHED')
})
