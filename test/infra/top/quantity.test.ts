import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quantity } from '../../../infra/top/quantity.js'

test('amounts are short: memory and disk in what suits them', () => {
  assert.deepEqual([0.25, 4, 128.4].map((each) => quantity('cpus', each)), ['0.3', '4', '128'])
  assert.deepEqual([0, 512, 1_536, 250_000, 3_355_443].map((each) => quantity('mem', each)),
    ['0M', '512M', '1.5G', '244G', '3.2T'])
})
