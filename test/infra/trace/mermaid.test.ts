import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mermaidOf, milliseconds } from '../../../infra/trace/mermaid.js'
import { sequenceOf } from '../../../infra/trace/sequence.js'
import { AGENT, handled, hop, MASTER } from './hops.js'

test('a sequence becomes a diagram: lanes in the boxes of their nodes, bars, answers and losses', () => {
  const text = mermaidOf(sequenceOf([
    ...handled(1, 1, { from: AGENT }),
    ...handled(2, 2, { from: MASTER, to: 'master-m1@l1/master/allocator', type: 'a;b' }),
    hop('sent', 3, 6, { from: MASTER, to: `${AGENT}/nobody` }),
    hop('dropped', 3, 7, { from: MASTER, to: `${AGENT}/nobody`, reason: 'no-such-actor' }),
    hop('enqueued', 4, 8, { to: AGENT, type: 'tick' }), hop('restarted', 4, 9, { to: AGENT, reason: 'it #broke' }),
  ]))
  assert.equal(text, `sequenceDiagram
  box agent-a1
    participant a1 as agent
    participant a2 as agent/nobody
  end
  box master-m1
    participant a3 as master
    participant a4 as master/allocator
  end
  a1->>+a3: m1 q=0.5ms p=2.0ms
  a3->>+a4: a b q=0.5ms p=2.0ms
  deactivate a3
  deactivate a4
  a3-xa2: m3 dropped, no-such-actor
  a1->>a1: ⏱ tick
  Note over a1: begins anew (it  broke)
`)
})

test('an answer is a broken line', () => {
  const text = mermaidOf(sequenceOf([
    hop('sent', 1, 1, { from: MASTER, to: 'agent-a1@l1/port.ask-7' }),
    hop('replied', 1, 2, { from: MASTER, to: 'agent-a1@l1/port.ask-7' }),
  ]))
  assert.match(text, /a1-->>a2: m1$/m)
})

test('times are said as people read them', () => {
  assert.deepEqual([0.04, 9.96, 12.6, 1_500].map(milliseconds), ['0.0ms', '10.0ms', '13ms', '1.5s'])
})
