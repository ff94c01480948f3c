import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { causalTree, type Cause } from '../../../infra/trace/causal-tree.js'
import { sequenceOf } from '../../../infra/trace/sequence.js'
import { AGENT, handled, hop, MASTER, spanOf } from './hops.js'

const outline = ({ arrow, effects, isCritical }: Cause): unknown =>
  [isCritical ? arrow.type.toUpperCase() : arrow.type, ...effects.map(outline)]

test('each message stands below its cause, and the way to what ended last is marked', () => {
  const tree = causalTree(sequenceOf([
    ...handled(1, 0, { from: AGENT }), ...handled(2, 1, { from: MASTER, to: AGENT, parent: spanOf(1) }),
    ...handled(3, 2, { from: MASTER, to: AGENT, parent: spanOf(1) }),
    ...handled(4, 9, { from: AGENT, parent: spanOf(2) }), ...handled(5, 4, { from: AGENT, parent: spanOf(3) }),
  ]))
  assert.deepEqual(tree.map(outline), [['M1', ['M2', ['M4']], ['m3', ['m5']]]])
})

test('what a receiver of a group sends is caused by what that receiver got', () => {
  const [one, two] = ['framework-x@1/scheduler', 'framework-y@2/scheduler']
  const tree = causalTree(sequenceOf([
    hop('sent', 1, 0, { from: MASTER, to: 'frameworks@*/scheduler' }),
    hop('delivered', 1, 1, { from: MASTER, to: one }), hop('delivered', 1, 2, { from: MASTER, to: two }),
    ...handled(2, 3, { from: two, parent: spanOf(1) }),
  ]))
  assert.deepEqual(tree.map(({ arrow, effects }) => [arrow.to, effects.length]),
    [['framework-x/scheduler', 0], ['framework-y/scheduler', 1]])
})

test('whatever is known of a trace, each message is in its tree once', () => {
  const message = fc.record({
    span: fc.integer({ min: 1, max: 8 }), parent: fc.integer({ min: 0, max: 8 }), atMs: fc.integer({ min: 0, max: 50 }),
    isUp: fc.boolean(),
  })
  fc.assert(fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
    const sequence = sequenceOf(messages.flatMap(({ span, parent, atMs, isUp }) =>
      handled(span, atMs, { from: isUp ? AGENT : MASTER, to: isUp ? MASTER : AGENT, parent: spanOf(parent) })))
    const count = (causes: readonly Cause[]): number => causes.reduce((sum, { effects }) => sum + 1 + count(effects), 0)
    assert.equal(count(causalTree(sequence)), sequence.arrows.length)
  }))
})
