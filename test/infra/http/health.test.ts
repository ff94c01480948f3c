import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionCheck, readiness } from '../../../infra/http/health.js'
import { Standing } from '../../../infra/standing.js'

test('readiness says how the connection stands, since when, where and why', () => {
  const standing = new Standing(() => undefined)
  standing.become('blocked', 'low on memory')
  const { ok, detail } = connectionCheck(standing.vitals({ via: 'amqp://me@mq' }))
  assert.equal(ok, false)
  assert.match(detail, /^blocked since \d{4}-.*Z, at amqp:\/\/me@mq: low on memory$/)
  assert.match(connectionCheck(new Standing(() => undefined).vitals()).detail, /^connected since [^,]*$/)
  assert.equal(connectionCheck(undefined).ok, false)
})

test('each check has its line when somebody wants them, or when one is not well', () => {
  const [well, ill] = [{ name: 'a', ok: true, detail: 'fine' }, { name: 'b', ok: false, detail: 'gone' }]
  assert.deepEqual(readiness([well], false), { ok: true, text: 'ok\n' })
  assert.deepEqual(readiness([well], true), { ok: true, text: '[+] a: fine\nready\n' })
  assert.deepEqual(readiness([well, ill], false), { ok: false, text: '[+] a: fine\n[-] b: gone\nnot ready\n' })
})
