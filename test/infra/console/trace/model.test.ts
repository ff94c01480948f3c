import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { markedGaps } from '../../../../infra/console/trace/gaps.js'
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

test('a gap is a band between what was before and what came after, with room for its words', () => {
  const gap = { fromMs: 3, untilMs: 59_000, was: 'm1', is: 'm2' }
  const gaps = markedGaps([gap], HOPS)
  const { bands: [band], drawn: [quick, slow] } = diagramOf(sequenceOf(HOPS), { ...view, gaps })
  assert.ok(band && quick && slow)
  assert.ok(quick.end <= band.top && band.bottom < slow.arrival)
  assert.ok(band.bottom - band.top >= 30)
  assert.match(band.text, /^no hops seen from .* to .*: leader m1 gone, m2 leads$/)
  const [told] = markedGaps([{ ...gap, fromMs: 0 }], HOPS)
  assert.match(told?.text ?? '', /other nodes told 3 hops of that time afterwards$/)
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
