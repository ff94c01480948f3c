import assert from 'node:assert/strict'
import { test } from 'node:test'
import hello from '../../../../actors/frameworks/example/hello.js'
import { Authored, user } from '../../../support/author.js'

test('hello runs one task on the first offer, reads what it wrote and finishes as it did', () => {
  const authored = new Authored(hello, user())
  authored.subscribe()
  authored.offer({ cpus: 2, mem: 64 })
  authored.offer({ cpus: 2, mem: 64 })
  const [accepted, ...others] = authored.take('accept')
  assert.deepEqual(accepted?.tasks.map(({ taskId }) => taskId), ['hello'])
  assert.deepEqual(others, [])
  authored.update('hello', 'RUNNING')
  assert.deepEqual(authored.calls, [])
  authored.update('hello', 'FAILED', { exitCode: 4 })
  authored.answer('hello', 'stdout', 'Hello\n', true)
  assert.deepEqual(authored.take('finish'), [{ call: 'finish', exitCode: 4 }])
})
