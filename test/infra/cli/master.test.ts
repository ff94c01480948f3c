import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { testBroker } from '../../support/broker.js'
import { Running, warren } from '../../support/command-line.js'

const broker = testBroker()

test('a master answers over HTTP, and leaves in order on SIGTERM', async (t) => {
  const environment = { WARREN_BROKER: broker.url }
  const args = ['master', '--cluster', 'm', '--port', '0', '--weights', 'web=2', '--log-format', 'json']
  const master = new Running(t, args, { environment })
  const [, http = ''] = await master.saying(/(http:\/\/127\.0\.0\.1:\d+)/)
  assert.equal((await fetch(`${http}/livez`)).status, 200)
  const began = performance.now()
  master.signal('SIGTERM')
  const { code, stderr } = await master.ended
  assert.equal(code, 0)
  assert.ok(performance.now() - began < 10_000)
  for (const line of stderr.trim().split('\n')) assert.equal(typeof JSON.parse(line), 'object', line)
  assert.ok(!stderr.includes(new URL(broker.url).password), 'the password is never logged')
})

test('a port in use ends it with the fix', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const environment = { WARREN_BROKER: broker.url }
  const ended = await warren(t, ['master', '--port', String(port), '--log-level', 'error'], { environment })
  assert.match(ended.stderr, new RegExp(`^warren: port ${port} of 127.0.0.1 is in use; .*--port.*\n$`))
  assert.equal(ended.code, 3)
})

test('a broker that cannot be reached ends it within five seconds, named without the password', async (t) => {
  for (const kind of ['master', 'agent']) {
    const began = performance.now()
    const { code, stderr } = await warren(t, [kind, '--broker', 'amqp://user:secret@127.0.0.1:1/v'])
    assert.match(stderr, /^warren: cannot reach the broker: amqp:\/\/user@127\.0\.0\.1:1\/v: .*--broker\n$/)
    assert.equal(code, 6)
    assert.ok(performance.now() - began < 5_000)
  }
})

test('a broker that refuses the password is told apart from one that is not there', async (t) => {
  const url = new URL(broker.url)
  url.password = 'wrong'
  const { code, stderr } = await warren(t, ['master', '--broker', url.href, '--port', '0'])
  assert.match(stderr, /^warren: cannot reach the broker: .*refused the user or password.*\n$/)
  assert.deepEqual([code, stderr.includes('wrong')], [6, false])
})
