import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HopBatch, HopSource } from '../../../infra/trace/hop-bus.js'
import { HopCollector } from '../../../infra/trace/hop-collector.js'
import { AGENT, handled, TRACE } from './hops.js'

const PAST: HopBatch = { isBacklog: true, missed: 0, records: handled(1, 10, { from: AGENT }) }

const source = (listen: HopSource['listen']): HopSource => ({ backlogWaitMs: 0, listen })

test('a trace of which its nodes tell late is found', async () => {
  const collector = new HopCollector(source((hear) => {
    setTimeout(() => hear(PAST), 200)
    return () => undefined
  }))
  assert.deepEqual(await collector.trace(TRACE), PAST.records)
  collector.close()
})

test('who listens again at once knows what was known, and each hop once if it is told anew', async () => {
  for (const tellings of [1, 2]) {
    let told = 0
    const collector = new HopCollector(source((hear) => {
      if (told++ < tellings) hear({ ...PAST, records: structuredClone(PAST.records) })
      return () => undefined
    }))
    assert.deepEqual(await collector.trace(TRACE), PAST.records)
    collector.close()
    assert.deepEqual(await collector.trace(TRACE.slice(8)), PAST.records)
    collector.close()
  }
})

test('who watches is told what happened since, also by a node that takes it for the past, and once', async () => {
  let tell: (batch: HopBatch) => void = () => undefined
  const collector = new HopCollector(source((hear) => {
    tell = hear
    return () => undefined
  }))
  const heard: string[] = []
  const stop = collector.watch({}, 0, {
    hop: ({ kind, span }) => heard.push(`${kind} ${Number(span)}`), gap: () => assert.fail('nothing was lost'),
  })
  const since = { ...PAST, records: handled(2, Date.now() + 1, { from: AGENT }) }
  for (const batch of [PAST, since, since]) tell(batch)
  assert.deepEqual(heard, ['sent 2', 'enqueued 2', 'delivered 2', 'processed 2'])
  stop()
  collector.close()
})
