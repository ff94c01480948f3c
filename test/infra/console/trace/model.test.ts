import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { blocksOf, inWindow } from '../../../../infra/console/trace/in-window.js'
import { diagramOf, yAt } from '../../../../infra/console/trace/model.js'
import { sequenceOf } from '../../../../infra/trace/sequence.js'
import type { HopRecord } from '../../../../infra/trace/hop-record.js'

const hop = (kind: HopRecord['kind'], span: string, from: string, to: string, atMs: number): HopRecord =>
  ({ kind, span, trace: 't', from, to, atMs, node: (kind === 'sent' ? from : to).split('/')[0] ?? '', type: 'say' })
const [A, B, C] = ['master-m@1/master', 'agent-a@1/agent', 'agent-a@1/agent/updates']
const HOPS = [
  hop('sent', '1', A, B, 0), hop('sent', '2', A, C, 1), hop('delivered', '2', A, C, 2), hop('processed', '2', A, C, 3),
  hop('delivered', '1', A, B, 60_000), hop('processed', '1', A, B, 60_001),
]
const view = { folded: new Set<string>(), collapse: false }

test('time runs down, what waited longer slopes more, and a pause takes little room', () => {
  const { drawn, lanes, height, times } = diagramOf(sequenceOf(HOPS), view)
  const [quick, slow] = drawn
  assert.deepEqual(lanes.map(({ label }) => label), ['master', 'agent/updates', 'agent'])
  assert.ok(quick && slow && quick.arrival - quick.top < slow.arrival - slow.top)
  assert.ok(drawn.every(({ top, arrival, end }) => top <= arrival && arrival < end && end < height))
  assert.ok(height < 300, `a minute makes it ${height} high`)
  assert.equal(yAt(times, 60_000), slow.arrival)
})

test('a folded node is one lane', () => {
  const { lanes, drawn } = diagramOf(sequenceOf(HOPS), { ...view, folded: new Set(['agent-a']) })
  assert.deepEqual(lanes.map(({ id }) => id), ['master-m/master', 'agent-a/*'])
  assert.deepEqual(drawn.map(({ from, to }) => [from, to]), [[0, 1], [0, 1]])
})

test('a window shows exactly the arrows that touch it', () => {
  const arrow = fc.tuple(fc.nat(10_000), fc.nat(500), fc.nat(500))
  fc.assert(fc.property(fc.array(arrow, { maxLength: 300 }), fc.nat(10_000), (places, top) => {
    const drawn = places.map(([at, way, bar]) => ({ top: at, arrival: at + way, end: at + way + bar }) as never)
    const touching = drawn.filter(({ top: from, end }: { top: number; end: number }) => from <= top + 500 && end >= top)
    assert.deepEqual(inWindow(blocksOf(drawn), top, top + 500), touching)
  }))
})
