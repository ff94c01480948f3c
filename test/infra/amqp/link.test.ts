import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { kindOf, nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import type { Transport } from '../../../runtime/transport.js'
import { type AmqpOptions, amqpLink } from '../../../infra/amqp/link.js'
import { openPost } from '../../../infra/post.js'
import { testBroker } from '../../support/broker.js'
import { Recorder } from '../../support/recorder.js'
import { startVictim } from '../../support/victim.js'
import { transportConformance } from '../transport-conformance.js'

const LIMIT = { timeout: 60_000 }
const QUICK: Partial<AmqpOptions> = { probeIntervalMs: 200, absenceMaxMs: 500 }
const broker = testBroker()
/** The one that the conformance gives its executors. */
const agentOf = (self: NodeAddress): Partial<AmqpOptions> =>
  kindOf(self) === 'executor' ? { agent: nodeAddress('agent', 'x', 'any') } : {}
let lives = 0
const address = (kind: 'master' | 'agent', name = 'a') => nodeAddress(kind, name, `t${++lives}`)

transportConformance(async () => {
  const cluster = 'conformance'
  return {
    openLink: (self, listener) => amqpLink([broker.url], cluster, { ...QUICK, ...agentOf(self) })(self, listener),
    startVictim: (self) => startVictim(self, { link: 'amqp', url: broker.url, cluster }),
    async stop() {},
  }
})

async function join(t: TestContext, self: NodeAddress, cluster: string): Promise<[Transport, Recorder]> {
  const heard = new Recorder()
  const transport = await openPost(self, amqpLink([broker.url], cluster, QUICK), heard)
  t.after(() => transport.close())
  return [transport, heard]
}

test('clusters on one broker do not hear each other', LIMIT, async (t) => {
  const [self, master] = [address('agent'), address('master')]
  const [agent, heard] = await join(t, self, 'blue')
  await join(t, master, 'green')
  agent.send(master, ['hello?'])
  await heard.until(({ returned }) => returned.length === 1)
  assert.equal(heard.returned[0]?.reason, 'no-such-node')
})

test('a name that is taken is refused', LIMIT, async (t) => {
  const self = address('agent')
  await join(t, self, 'names')
  await assert.rejects(join(t, self, 'names'), /'agent-a@t\d+' is already connected: take another name/)
})

test('an unreachable, silent or refusing broker is explained, without its password', LIMIT, async (t) => {
  const silent = createServer().listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const port = (silent.address() as { port: number }).port
  // The beginning of a long frame, and then a byte now and then.
  const slow = createServer((socket) => {
    socket.on('error', () => undefined).write(Buffer.from([1, 0, 0, 0, 0, 0xff, 0xff]))
    const drip = setInterval(() => socket.write('x'), 100)
    socket.on('close', () => clearInterval(drip))
    t.after(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  t.after(() => slow.close())
  await once(slow, 'listening')
  const slowPort = (slow.address() as { port: number }).port
  const attempts: [string, RegExp][] = [
    ['amqp://me:secret@127.0.0.1:1', /cannot reach the broker: amqp:\/\/me@127.0.0.1:1: nobody listens there/],
    [`amqp://me:secret@127.0.0.1:${port}`, /no answer within 500 ms/],
    [`amqp://me:secret@127.0.0.1:${slowPort}`, /no answer within 500 ms/],
    [broker.url.replace(/:[0-9a-f]+@/, ':secret@'), /it refused the user or password/],
    [`${broker.url}/secret-host`, /virtual host/],
    ['http://me:secret@127.0.0.1', /no AMQP URL: write it as/],
    ['secret', /no AMQP URL: write it as/],
  ]
  for (const [url, message] of attempts) {
    const link = amqpLink([url], 'c', { connectTimeoutMs: 500 })
    await assert.rejects(openPost(address('agent'), link, new Recorder()), (error: Error) => {
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /:secret/)
      return true
    })
  }
})

test('one reachable broker of several is enough', LIMIT, async () => {
  const urls = ['amqp://me:secret@127.0.0.1:1', broker.url]
  for (let i = 0; i < 4; i++) {
    const transport = await openPost(address('agent'), amqpLink(urls, 'c'), new Recorder())
    await transport.close()
  }
})

test('while the broker is away all comes back; when it returns, traffic does', LIMIT, async (t) => {
  const [agentAddress, masterAddress] = [address('agent'), address('master')]
  const [agent, agentHeard] = await join(t, agentAddress, 'restart')
  const [master, masterHeard] = await join(t, masterAddress, 'restart')
  master.watch(agentAddress)
  agent.send(masterAddress, ['before'])
  await masterHeard.until(({ envelopes }) => envelopes.length === 1)

  await broker.kill()
  await agentHeard.until(({ states }) => states.at(-1) === 'disconnected')
  await masterHeard.until(({ states }) => states.at(-1) === 'disconnected')
  agent.send(masterAddress, ['meanwhile'])
  await agentHeard.until(({ returned }) => returned.length === 1)
  assert.equal(agentHeard.returned[0]?.reason, 'disconnected')

  await broker.start()
  await agentHeard.until(({ states }) => states.at(-1) === 'connected')
  await masterHeard.until(({ states }) => states.at(-1) === 'connected')
  agent.send(masterAddress, ['after'])
  await masterHeard.until(({ envelopes }) => envelopes.length === 2)
  assert.deepEqual(masterHeard.envelopes, [['before'], ['after']])
  assert.deepEqual(masterHeard.dead, [], 'who returns in time is not condemned')
})

test('connections that the broker closes are made again', LIMIT, async (t) => {
  const [agentAddress, masterAddress] = [address('agent'), address('master')]
  const [agent, agentHeard] = await join(t, agentAddress, 'closed')
  const [, masterHeard] = await join(t, masterAddress, 'closed')
  await broker.control('close_all_connections', 'a test')
  for (const heard of [agentHeard, masterHeard]) {
    await heard.until(({ states }) => states[0] === 'disconnected' && states.at(-1) === 'connected')
  }
  agent.send(masterAddress, ['back'])
  await masterHeard.until(({ envelopes }) => envelopes.length === 1)
})

const NEEDS = {
  memory: [['set_vm_memory_high_watermark', '0.000001'], ['set_vm_memory_high_watermark', '0.4']],
  disk: [['set_disk_free_limit', '100000GB'], ['set_disk_free_limit', '50MB']],
} as const
for (const [need, [alarm, relief]] of Object.entries(NEEDS)) {
  test(`a broker in need of ${need} is reported, and what was sent meanwhile arrives after`, LIMIT, async (t) => {
    const [agentAddress, masterAddress] = [address('agent'), address('master')]
    const [agent, agentHeard] = await join(t, agentAddress, 'blocked')
    const [, masterHeard] = await join(t, masterAddress, 'blocked')
    agent.watch(masterAddress)
    await broker.control(...alarm)
    agent.send(masterAddress, ['blocked'])
    await agentHeard.until(({ states }) => states.at(-1) === 'blocked')
    assert.match(agent.vitals().reason ?? '', new RegExp(need))
    await broker.control(...relief)
    await agentHeard.until(({ states }) => states.at(-1) === 'connected')
    await masterHeard.until(({ envelopes }) => envelopes.length === 1)
  })
}
