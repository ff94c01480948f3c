import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentId, ExecutorId, FrameworkId, OfferId, TaskId } from '../../../actors/protocol/ids.js'
import type { Offer } from '../../../actors/protocol/scheduler.js'
import { of } from '../../../actors/resources/amounts.js'
import { eventJson, eventLine, type Heard } from '../../../infra/author/events.js'

const agentId = 'S1' as AgentId
const offer = { offerId: 'O1', hostname: 'rock', resources: of({ cpus: 1, mem: 64 }) } as unknown as Offer
const update = {
  frameworkId: 'F' as FrameworkId, taskId: 't1' as TaskId, source: 'executor', atMs: 0,
} as const

/** Each: what was heard, and the line about it. */
const LINES: readonly (readonly [event: Heard, line: string])[] = [
  [{ type: 'subscribed', frameworkId: 'F' as FrameworkId }, 'subscribed as F'],
  [{ type: 'offers', offers: [offer] }, 'offer O1 of rock: 1 cpu, 64 MB mem'],
  [{ type: 'rescind', offerId: 'O1' as OfferId }, 'offer O1 no longer stands'],
  [{ type: 'update', update: { ...update, state: 'RUNNING' } }, 'task t1 is RUNNING'],
  [{ type: 'update', update: { ...update, state: 'FAILED', reason: 'timed-out', text: 'long', exitCode: 3 } },
    'task t1 is FAILED (timed-out; long; exit code 3)'],
  [{ type: 'message', agentId, executorId: 'e' as ExecutorId, data: new Uint8Array(2) },
    'message of 2 bytes from executor e on S1'],
  [{ type: 'failure', agentId }, 'agent S1 is gone'],
  [{ type: 'failure', agentId, executorId: 'e' as ExecutorId, exitCode: 1 },
    'executor e on S1 is gone (exit code 1)'],
  [{ type: 'error', problem: 'no' }, 'cannot go on: no'],
  [{ type: 'disconnected' }, 'no master leads; waiting for the next'],
  [{ type: 'timer', name: 'again' }, 'timer again'],
  [{ type: 'output', requestId: 'r', offset: 0, data: new Uint8Array(1), end: true },
    'output of 1 bytes for r, the last'],
  [{ type: 'fit', requestId: 'r', agents: 2 }, 'fit r: 2 agents'],
]

test('each event is one line for people', () => {
  for (const [event, line] of LINES) assert.equal(eventLine(event), line)
})

test('each event is one JSON object, with resources in units and bytes in base64', () => {
  for (const [event] of LINES) assert.equal(JSON.parse(eventJson(event, 0)).event, event.type)
  assert.deepEqual(JSON.parse(eventJson({ type: 'offers', offers: [offer] }, 0)), {
    at: '1970-01-01T00:00:00.000Z', event: 'offers',
    offers: [{ offerId: 'O1', hostname: 'rock', resources: { cpus: 1, mem: 64 } }],
  })
  const data = new TextEncoder().encode('hi')
  const written = eventJson({ type: 'update', update: { ...update, state: 'FINISHED', data } }, 0)
  assert.equal(JSON.parse(written).update.data, 'aGk=')
})
