import assert from 'node:assert/strict'
import { test } from 'node:test'
import primes from '../../../../actors/frameworks/example/primes.js'
import { Authored, user } from '../../../support/author.js'

const encoded = (text: string) => new TextEncoder().encode(text)

test('no more pieces are launched than an offer holds beside their executor', () => {
  const authored = new Authored(primes(['100', '5']), user())
  authored.subscribe()
  authored.offer({ cpus: 0.4, mem: 1024 })
  const [accepted] = authored.take('accept')
  assert.deepEqual(accepted?.tasks.map(({ taskId }) => taskId), ['piece-0', 'piece-1', 'piece-2'])
  assert.equal(new Set(accepted?.tasks.map(({ executor }) => executor?.executorId)).size, 1)
  authored.offer({ cpus: 0.05, mem: 1024 }, { cpus: 4, mem: 1024 })
  const later = authored.take('accept').flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId))
  assert.deepEqual(later, ['piece-3', 'piece-4'])
})

test('a piece whose executor died is counted again, and each is counted once', () => {
  const authored = new Authored(primes(['100', '2']), user())
  authored.subscribe()
  authored.offer({ cpus: 4, mem: 1024 })
  authored.take('accept')
  authored.update('piece-0', 'FINISHED', { data: encoded('15') })
  authored.update('piece-1', 'FAILED', { reason: 'executor-terminated' })
  assert.equal(authored.take('revive').length, 1)
  authored.offer({ cpus: 4, mem: 1024 })
  assert.deepEqual(authored.take('accept')[0]?.tasks.map(({ taskId }) => taskId), ['piece-1'])
  authored.update('piece-0', 'FINISHED', { data: encoded('15') })
  assert.deepEqual(authored.take('finish'), [])
  authored.update('piece-1', 'FINISHED', { data: encoded('10') })
  assert.deepEqual(authored.take('finish'), [{ call: 'finish', exitCode: 0 }])
})
