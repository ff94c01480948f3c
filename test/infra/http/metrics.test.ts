import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricsOf } from '../../../infra/http/metrics.js'
import type { Questions } from '../../../infra/http/questions.js'

/** Nobody leads, so only what the node knows by itself is told. */
const unanswered = { list: () => Promise.reject(new Error('nobody leads')) } as unknown as Questions

test('dead letters, the build and the event loop are told even when nobody leads', async () => {
  const stalls = { p50Seconds: 0.001, p99Seconds: 0.02, maxSeconds: 1.5, stalls: 2 }
  const text = await metricsOf({ questions: unanswered, deadLetters: new Map([['stopped', 3]]), version: '1', stalls })
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  assert.deepEqual(samples, [
    'warren_leader 0',
    'warren_build_info{version="1"} 1',
    'warren_dead_letters_total{reason="stopped"} 3',
    'warren_event_loop_delay_seconds{statistic="p50"} 0.001',
    'warren_event_loop_delay_seconds{statistic="p99"} 0.02',
    'warren_event_loop_delay_seconds{statistic="max"} 1.5',
    'warren_event_loop_stalls_total 2',
  ])
  assert.match(text, /# EOF\n$/)
})
