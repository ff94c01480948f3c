import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutputReading } from '../../../actors/frameworks/output-reading.js'
import type { FrameworkContext, ReadRequest } from '../../../actors/scheduler/framework.js'

test('a quiet task is asked again, and its end is told', () => {
  const asked: ReadRequest[] = []
  const ctx = { read: (request: ReadRequest) => asked.push(request) } as unknown as FrameworkContext
  const reading = new OutputReading('t')
  const answer = (request: ReadRequest | undefined, text: string, end: boolean) => reading.take({
    type: 'output', requestId: request?.requestId ?? '', offset: request?.offset ?? 0,
    data: new TextEncoder().encode(text), end,
  }, ctx)
  reading.begin(ctx)
  const [stdout, stderr] = asked
  assert.equal(answer(stdout, '', false), undefined)
  const again = asked[2]
  assert.deepEqual([again?.stream, again?.offset, again?.follow], ['stdout', 0, true])
  assert.equal(answer(stdout, 'late', false), undefined, 'the first question counts no more')
  assert.equal(answer(again, 'text', false)?.data.length, 4)
  reading.next('stdout', ctx)
  assert.equal(asked[3]?.offset, 4)
  assert.equal(answer(asked[3], '', true)?.stream, 'stdout')
  assert.equal(answer(stderr, '', true)?.stream, 'stderr')
  assert.equal(reading.ended, true)
})
