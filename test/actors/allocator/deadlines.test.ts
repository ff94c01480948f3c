import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Deadlines, type Deadline } from '../../../actors/allocator/deadlines.js'

test('what is due comes out in order, without what was called off, and nothing before its time', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), atMs: fc.nat(100) }),
    fc.record({ kind: fc.constant('cancel' as const), index: fc.nat(300) }),
    fc.record({ kind: fc.constant('take' as const), nowMs: fc.nat(100) }),
  )
  fc.assert(fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const deadlines = new Deadlines<Deadline>()
    const added: Deadline[] = []
    let model: Deadline[] = []
    for (const each of steps) {
      if (each.kind === 'add') {
        const item = { atMs: each.atMs, live: true }
        added.push(item)
        model.push(item)
        deadlines.add(item)
      } else if (each.kind === 'cancel') {
        const item = added[each.index]
        if (item === undefined) continue
        deadlines.cancel(item)
        model = model.filter((other) => other !== item)
      } else {
        const least = Math.min(Infinity, ...model.map(({ atMs }) => atMs))
        const taken = deadlines.takeDue(each.nowMs)
        assert.equal(taken?.atMs, least <= each.nowMs ? least : undefined)
        model = model.filter((other) => other !== taken)
      }
      assert.equal(deadlines.size, model.length)
      assert.equal(deadlines.next()?.atMs ?? Infinity, Math.min(Infinity, ...model.map(({ atMs }) => atMs)))
    }
  }))
})

test('what was called off is swept out when it is the greater part', () => {
  const deadlines = new Deadlines<Deadline>()
  const items = Array.from({ length: 1000 }, (_, index) => ({ atMs: 1000 - index, live: true }))
  for (const item of items) deadlines.add(item)
  for (const item of items.slice(0, 990)) deadlines.cancel(item)
  assert.equal(deadlines.size, 10)
  assert.equal(deadlines.next()?.atMs, 1)
})
