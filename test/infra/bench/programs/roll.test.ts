import assert from 'node:assert/strict'
import test from 'node:test'
import { Roll } from '../../../../infra/bench/programs/roll.js'

test('a roll is complete when everybody has come; who comes twice is counted once', async () => {
  const roll = new Roll(2)
  let complete = false
  void roll.complete.then(() => {
    complete = true
  })
  roll.present('a')
  roll.present('a')
  await Promise.resolve()
  assert.equal(complete, false)
  roll.present('b')
  const { firstMs, lastMs } = await roll.complete
  assert.ok(firstMs <= lastMs)
})

test('it begins anew as if nobody had come', async () => {
  const roll = new Roll(1)
  roll.present('a')
  await roll.complete
  roll.begin()
  const next = roll.complete
  roll.present('a')
  assert.ok(Number.isFinite((await next).lastMs))
})
