import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTurn, leftOf } from '../../../infra/amqp/broker-urls.js'

const URLS = ['amqp://a', 'amqp://b', 'amqp://c']

test('those that were left come last, and one that is preferred first', () => {
  for (let time = 0; time < 50; time++) {
    assert.equal(inTurn(URLS, { last: ['amqp://a', 'amqp://b'] })[0], 'amqp://c')
    assert.equal(inTurn(URLS, { first: 'amqp://b' })[0], 'amqp://b')
    assert.deepEqual([...inTurn(URLS, {})].sort(), URLS)
  }
})

test('who leaves one after the other has left all but one before it comes back to any', () => {
  const one = leftOf(URLS, [], 'amqp://a')
  const two = leftOf(URLS, one, 'amqp://b')
  assert.deepEqual([one, two], [['amqp://a'], ['amqp://a', 'amqp://b']])
  assert.deepEqual(leftOf(URLS, two, 'amqp://c'), ['amqp://c'])
  assert.deepEqual(leftOf(URLS, one, undefined), one)
})
