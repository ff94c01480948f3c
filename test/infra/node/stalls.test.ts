import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../../../runtime/logger.js'
import { Stalls, STALL_MS } from '../../../infra/node/stalls.js'

test('a stall is counted, measured and told', async (t) => {
  const told: unknown[] = []
  const log: Logger['log'] = (level, text, { forMs }) => void told.push([level, text, Number(forMs) >= STALL_MS])
  const stalls = new Stalls({ log })
  t.after(() => stalls.close())
  // It must have begun to measure before anything stands still.
  while (stalls.figures().maxSeconds === 0) await new Promise(setImmediate)
  assert.equal(stalls.figures().stalls, 0)
  const until = performance.now() + STALL_MS + 500
  while (performance.now() < until);
  while (told.length === 0) await new Promise(setImmediate)
  assert.deepEqual(told, [['warn', 'the event loop stood still', true]])
  const { stalls: count, maxSeconds, p50Seconds } = stalls.figures()
  assert.equal(count, 1)
  assert.ok(maxSeconds >= STALL_MS / 1_000 && p50Seconds < maxSeconds, `${p50Seconds} ${maxSeconds}`)
})
