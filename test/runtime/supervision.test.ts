import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  ESCALATE, judge, recentFailures, RESTART, STOP, type Supervision,
} from '../../runtime/supervision.js'

const supervision: fc.Arbitrary<Supervision> = fc.record({
  onFailure: fc.constant('restart' as const),
  restartsMax: fc.nat(10),
  periodMs: fc.integer({ min: 1, max: 100_000 }),
  backoffMs: fc.integer({ min: 1, max: 1_000 }),
  backoffMaxMs: fc.integer({ min: 1, max: 60_000 }),
})
const failures = fc.array(fc.nat(200_000), { maxLength: 30 }).map((times) => times.sort((a, b) => a - b))
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('as many restarts as the intensity allows within the period, and not one more', () => {
  fc.assert(fc.property(supervision, failures, chance, (rules, times, luck) => {
    const now = (times.at(-1) ?? 0) + 1
    const recent = times.filter((at) => now - at < rules.periodMs).length
    const verdict = judge(rules, times, now, luck)
    assert.equal(verdict.type, recent < rules.restartsMax ? 'restart' : 'escalate')
  }))
})

test('a back-off lies in the upper half of a ceiling that doubles up to its limit', () => {
  fc.assert(fc.property(supervision, failures, chance, (rules, times, luck) => {
    const now = times.at(-1) ?? 0
    const verdict = judge({ ...rules, restartsMax: Infinity }, times, now, luck)
    if (verdict.type !== 'restart') return assert.fail('it has no limit to escalate beyond')
    const recent = recentFailures(rules, times, now).length
    const ceiling = Math.min(rules.backoffMaxMs, rules.backoffMs * 2 ** recent)
    assert.ok(verdict.delayMs >= Math.floor(ceiling / 2) && verdict.delayMs <= ceiling)
  }))
})

test('failures older than the period are forgotten', () => {
  fc.assert(fc.property(supervision, failures, fc.nat(300_000), (rules, times, now) => {
    const recent = recentFailures(rules, times, now)
    assert.deepEqual(recent, times.filter((at) => at > now - rules.periodMs))
  }))
})

test('who is to stop or to escalate does so at the first failure', () => {
  assert.deepEqual(judge(STOP, [], 0, 0.5), { type: 'stop' })
  assert.deepEqual(judge(ESCALATE, [], 0, 0.5), { type: 'escalate' })
  assert.deepEqual(judge(RESTART, [], 0, 0), { type: 'restart', delayMs: 5 })
})
