import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '../../../actors/protocol/task-digest.js'
import { TASK_STATES } from '../../../actors/protocol/task.js'

const word = fc.string({ maxLength: 6 })
const known = fc.record({
  taskId: word, launchId: fc.option(word, { nil: undefined }), state: fc.constantFrom(...TASK_STATES),
})
const tasks = fc.uniqueArray(known, { selector: ({ taskId }) => taskId, maxLength: 20 })

test('the order of the tasks does not matter', () => {
  fc.assert(fc.property(tasks, (some) => {
    assert.equal(digestOf([...some].reverse()), digestOf(some))
  }))
})

test('one task more, or one that differs in anything, is another digest', () => {
  fc.assert(fc.property(tasks, known, fc.nat(), (some, other, at) => {
    fc.pre(some.every(({ taskId }) => taskId !== other.taskId))
    assert.notEqual(digestOf([...some, other]), digestOf(some))
    const [one] = some.splice(at % Math.max(1, some.length), 1)
    if (!one) return
    const changes = [{ taskId: `${one.taskId}+` }, { launchId: `${one.launchId ?? ''}+` },
      { state: one.state === 'RUNNING' ? 'KILLING' : 'RUNNING' }] as const
    for (const change of changes) {
      assert.notEqual(digestOf([...some, { ...one, ...change }]), digestOf([...some, one]))
    }
  }))
})
