import assert from 'node:assert/strict'
import test from 'node:test'
import { dueBy, dueMs, openLoop } from '../../../infra/bench/open-loop.js'

test('questions are due at even distances, the first at the beginning', () => {
  assert.deepEqual([0, 1, 1_000].map((index) => dueMs(index, 1_000)), [0, 1, 1_000])
  assert.deepEqual([0, 0.9, 1, 2.5].map((elapsedMs) => dueBy(elapsedMs, { count: 10, perSecond: 1_000 })), [1, 1, 2, 3])
})

test('no more are due than there are', () => {
  assert.equal(dueBy(60_000, { count: 10, perSecond: 1_000 }), 10)
})

test('every question is due when its time has come, and not before', () => {
  const schedule = { count: 1_000, perSecond: 400 }
  for (let index = 0; index < schedule.count; index++) {
    const atMs = dueMs(index, schedule.perSecond)
    assert.ok(dueBy(atMs, schedule) > index && dueBy(atMs - 0.001, schedule) <= index)
  }
})

test('asking does not wait for answers, and a late answer is late by all of its delay', async () => {
  const answers: (() => void)[] = []
  let latencies: Promise<number[]> = Promise.resolve([])
  await new Promise<void>((allAsked) => {
    latencies = openLoop({ count: 20, perSecond: 10_000 }, () => new Promise<void>((answer) => {
      if (answers.push(answer) === 20) allAsked()
    }))
  })
  const beforeMs = performance.now()
  while (performance.now() - beforeMs < 5);
  for (const answer of answers) answer()
  const measured = await latencies
  assert.equal(measured.length, 20)
  assert.ok(measured.every((latencyMs) => latencyMs >= 5))
})

test('a question that fails ends the loop', async () => {
  await assert.rejects(openLoop({ count: 1, perSecond: 1 }, () => Promise.reject(new Error('nobody'))), /nobody/)
})
