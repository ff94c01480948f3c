import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hidden, isDeclaredSecret, redacted, secrecyOf, withoutPasswords, type Secrecy } from '../../infra/secrecy.js'

test('what the protocol declares secret is known by name, alone or within a longer one', () => {
  assert.deepEqual(['environment', 'pageKey', 'taskEnvironments'].map(isDeclaredSecret), [true, true, false])
  const all = (names: readonly string[], secrecy: Secrecy) => {
    for (const name of names) assert.equal(secrecyOf(name), secrecy, name)
  }
  all(['environment', 'taskEnvironments', 'pagekey'], 'veiled-within')
  all(['password', 'apiKey', 'accessToken', 'Authorization'], 'veiled')
  all(['name', 'key', 'taskId', 'pass', ''], 'open')
})

test('a declared message loses its secrets; another, or one of another shape, is as it was', () => {
  const vitals = { node: 'master-m1@1', pageKey: 'hunter2' }
  assert.deepEqual(redacted({ type: 'vitals', round: 1, vitals } as never),
    { type: 'vitals', round: 1, vitals: { node: 'master-m1@1', pageKey: '[secret]' } })
  assert.deepEqual(redacted({ type: 'nobody-declares-it' }), { type: 'nobody-declares-it' })
  assert.deepEqual(redacted({ type: 'vitals' }), { type: 'vitals' })
  assert.deepEqual(hidden({ A: 'x', B: { C: 'y' } }), { A: '[secret]', B: '[secret]' })
})

test('an address loses its password and nothing else', () => {
  assert.equal(withoutPasswords('see amqp://ann:pw@mq, https://x:5050/a@b'), 'see amqp://ann:…@mq, https://x:5050/a@b')
})
