import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { mostNeeded, putBack, type UpdateEntry } from '../../../actors/agent/full-disk.js'
import { updateIdOf } from '../../../actors/agent/memory.js'
import type { FrameworkId, LaunchId, TaskId } from '../../../actors/protocol/ids.js'
import { isTerminal, type TaskState } from '../../../actors/protocol/task.js'

interface Waiting {
  readonly entry: UpdateEntry
}

const ids = { frameworkId: 'w-0000' as FrameworkId, taskId: 't' as TaskId }
const step = (launch: string, count: number, state: TaskState): Waiting => {
  const launchId = launch as LaunchId
  const update = { ...ids, updateId: updateIdOf(launchId, count), launchId, state, source: 'agent', atMs: 1 } as const
  return { entry: { type: 'update-queued', update } }
}
const acknowledged = (launch: string, count: number): Waiting =>
  ({ entry: { type: 'update-acknowledged', ...ids, updateId: updateIdOf(launch as LaunchId, count) } })

test('acknowledgements come first, then ends with the steps before them, of one launch at a time', () => {
  let waiting = [
    step('L1', 1, 'RUNNING'), step('L2', 1, 'KILLING'), step('L3', 1, 'FINISHED'), acknowledged('L4', 1),
    step('L2', 2, 'KILLED'), acknowledged('L5', 1),
  ]
  const order: Waiting[][] = []
  for (let next = mostNeeded(waiting); next; next = mostNeeded(waiting)) {
    const taken = next
    order.push([...taken])
    waiting = waiting.filter((each) => !taken.includes(each))
  }
  assert.deepEqual(order, [
    [acknowledged('L4', 1)], [acknowledged('L5', 1)],
    [step('L2', 1, 'KILLING'), step('L2', 2, 'KILLED')], [step('L3', 1, 'FINISHED')],
  ])
  assert.deepEqual(waiting, [step('L1', 1, 'RUNNING')])
})

test('one that is refused lets the others have their turn', () => {
  const [large, small] = [step('L1', 1, 'FINISHED'), step('L2', 1, 'FINISHED')]
  const refused = mostNeeded([large, small]) ?? []
  assert.deepEqual(refused, [large])
  assert.deepEqual(mostNeeded(putBack(refused, [small])), [small])
})

test('whatever is refused, and how often, nothing is lost and no launch\'s steps are turned around', () => {
  const launch = fc.constantFrom('L1', 'L2', 'L3')
  const state = fc.constantFrom<TaskState>('RUNNING', 'KILLING', 'FINISHED', 'FAILED')
  const steps = fc.array(fc.tuple(launch, state), { maxLength: 12 })
  fc.assert(fc.property(steps, fc.infiniteStream(fc.boolean()), (told, refusals) => {
    const all = told.map(([name, to], index) => step(name, index + 1, to))
    let waiting = all
    const written: Waiting[] = []
    for (let tries = 0; tries < 40; tries++) {
      const next = mostNeeded(waiting)
      if (!next) break
      const rest = waiting.filter((each) => !next.includes(each))
      if (refusals.next().value === true) waiting = putBack(next, rest)
      else {
        written.push(...next)
        waiting = rest
      }
    }
    for (const name of ['L1', 'L2', 'L3']) {
      const of = (entries: readonly Waiting[]) =>
        entries.filter(({ entry }) => entry.type === 'update-queued' && entry.update.launchId === name)
      assert.deepEqual([...of(written), ...of(waiting)], of(all))
    }
    assert.ok(written.every(({ entry }) => entry.type !== 'update-queued' || all.some((each) =>
      each.entry.type === 'update-queued' && each.entry.update.launchId === entry.update.launchId
        && isTerminal(each.entry.update.state))))
  }))
})
