import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outline } from '../../../infra/node/last-words.js'

test('of a message its type, numbers and names are told, and nothing long or secret', () => {
  const message = {
    type: 'update', taskId: 'web-3', state: 'RUNNING', attempt: 2, healthy: true, text: 'the words of a command',
    environment: { PASSWORD: 'x' }, ids: ['a'], offerId: 'o'.repeat(500),
  }
  const names = `taskId=web-3, state=RUNNING, attempt=2, healthy=true, offerId=${'o'.repeat(100)}`
  assert.equal(outline(message), `update(${names})`)
  assert.equal(outline({ type: 'pong' }), 'pong')
})
