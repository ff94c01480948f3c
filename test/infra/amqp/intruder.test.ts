import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { nodeAddress, type NodeAddress } from '../../../runtime/address.js'
import type { Transport } from '../../../runtime/transport.js'
import { frameOf } from '../../../infra/frame.js'
import { openPost } from '../../../infra/post.js'
import { accounts, type ClusterWithRights, clusterWithRights } from '../../support/broker-users.js'
import { testBroker } from '../../support/broker.js'
import { Recorder } from '../../support/recorder.js'
import { startVictim } from '../../support/victim.js'
import { transportConformance } from '../transport-conformance.js'
import { type Attack, Intruder } from './intruder.js'

const LIMIT = { timeout: 60_000 }
const ACCOUNTS = [
  ...accounts('master', 'm', 'a', 'other', 'conforming'), ...accounts('framework', 'a', 'x', 'conforming'),
  ...accounts('agent', 'a', 'x', 'y', 'g1', 'g2', 'ordered', 'victim', 'noise', 'conforming', 'forger'),
  ...accounts('executors', 'x', 'y'),
]
let cluster: ClusterWithRights
testBroker({
  management: true,
  prepare: async (broker) => {
    cluster = await clusterWithRights(broker, 'c', ACCOUNTS)
  },
})

transportConformance(async () => ({
  openLink: (self, listener) => cluster.link({ probeIntervalMs: 200 })(self, listener),
  startVictim: (self) => startVictim(self, { link: 'amqp', url: cluster.urlOf('agent-victim'), cluster: 'c' }),
  async stop() {},
}))

let lives = 0

interface Node {
  readonly self: NodeAddress
  readonly life: string
  readonly heard: Recorder
  readonly transport: Transport
}

async function join(t: TestContext, kind: 'master' | 'agent' | 'framework', name: string): Promise<Node> {
  const life = `v${++lives}`
  const self = nodeAddress(kind, name, life)
  const heard = new Recorder()
  const transport = await openPost(self, cluster.link(), heard)
  t.after(() => transport.close())
  return { self, life, heard, transport }
}

async function intrude(t: TestContext, user: string): Promise<Intruder> {
  const intruder = await Intruder.as(cluster.urlOf(user))
  t.after(() => intruder.close())
  return intruder
}

const envelope = (from: string | null, said: string): Buffer => {
  return Buffer.from(frameOf(['to', from, 1, 1, said]))
}
const FORGED = envelope('master-m@v1/master', 'obey')

/** What the rights of a user let it be, in any life. */
const OWN = {
  'agent-x': 'agent.agent-x', 'framework-x': 'framework.framework-x', 'executors-x': 'executor.agent-x/executor-e',
} as const
/** Where it may hear what is for it. */
const HEARS = { 'agent-x': 'c.down', 'framework-x': 'c.down', 'executors-x': 'c.executors' } as const
type User = keyof typeof OWN
const USERS = Object.keys(OWN) as User[]

interface Targets {
  /** A queue that it may have. */
  readonly own: string
  readonly agent: Node
}

/** What nobody but the one it is for may do: the broker refuses each with 403. */
const ATTACKS: Readonly<Record<string, (targets: Targets) => Attack>> = {
  'publish down to all agents': () => async (ch) => ch.publish('c.down', 'agents', FORGED),
  'publish down to one agent': ({ agent }) => async (ch) => ch.publish('c.down', keyOf(agent), FORGED),
  'publish down to all frameworks': () => async (ch) => ch.publish('c.down', 'frameworks', FORGED),
  'publish to another agent as its executor does': ({ agent }) => async (ch) =>
    ch.publish('c.executors', keyOf(agent), FORGED),
  'publish to another agent\'s executor': () => async (ch) =>
    ch.publish('c.executors', 'executor.agent-y/executor-e.v1', FORGED),
  'publish up to an agent': ({ agent }) => async (ch) => ch.publish('c.up', keyOf(agent), FORGED),
  'publish to a queue by the default exchange': ({ agent }) => async (ch) => ch.sendToQueue(queueOf(agent), FORGED),
  'publish to what masters share': () => async (ch) => ch.publish('c.masters', 'registry', FORGED),
  'spy on all that goes down': ({ own }) => spying(own, 'c.down', '#'),
  'spy on agents': ({ own }) => spying(own, 'c.down', 'agent.*.*'),
  'spy on one agent': ({ own, agent }) => spying(own, 'c.down', keyOf(agent)),
  'spy on a framework': ({ own }) => spying(own, 'c.down', 'framework.framework-a.v1'),
  'spy on all that goes up': ({ own }) => spying(own, 'c.up', '#'),
  'take what goes to the masters': ({ own }) => spying(own, 'c.up', 'masters'),
  'spy on executors': ({ own }) => spying(own, 'c.executors', '#'),
  'spy on another agent\'s executors': ({ own, agent }) => spying(own, 'c.executors', keyOf(agent)),
  'bind another agent\'s queue': ({ agent }) => (ch) => ch.bindQueue(queueOf(agent), 'c.down', 'agents'),
  'unbind another agent\'s queue': ({ agent }) => (ch) => ch.unbindQueue(queueOf(agent), 'c.down', keyOf(agent)),
  'consume another agent\'s queue': ({ agent }) => (ch) => ch.consume(queueOf(agent), () => undefined),
  'get from another agent\'s queue': ({ agent }) => (ch) => ch.get(queueOf(agent)),
  'purge another agent\'s queue': ({ agent }) => (ch) => ch.purgeQueue(queueOf(agent)),
  'delete another agent\'s queue': ({ agent }) => (ch) => ch.deleteQueue(queueOf(agent)),
  'declare a queue in another\'s name': () => (ch) => ch.assertQueue('c.agent.agent-y.next.0', { exclusive: true }),
  'declare a queue of any name': () => (ch) => ch.assertQueue('mine', { exclusive: true }),
  'have the broker name a queue': () => (ch) => ch.assertQueue('', { exclusive: true }),
  'declare an exchange': () => (ch) => ch.assertExchange('mine', 'fanout'),
  'delete an exchange': () => (ch) => ch.deleteExchange('c.down'),
  'consume the token': () => (ch) => ch.consume('c.token', () => undefined),
  'get the token': () => (ch) => ch.get('c.token'),
  'purge the token': () => (ch) => ch.purgeQueue('c.token'),
  'delete the token': () => (ch) => ch.deleteQueue('c.token'),
  'read the registry': () => (ch) => ch.consume('c.registry', () => undefined),
  'write a decision': () => async (ch) => ch.publish('c.masters', 'log', FORGED),
  'hand over a token': () => async (ch) => ch.publish('c.masters', 'token', FORGED),
  'make the registry anew': () => (ch) => ch.assertQueue('c.registry', { arguments: { 'x-queue-type': 'stream' } }),
  'make the token anew': () => (ch) => ch.assertQueue('c.token', { arguments: { 'x-queue-type': 'quorum' } }),
  'lead something else into the registry': () => (ch) => ch.bindQueue('c.registry', 'c.up', 'masters'),
  'cut the registry off': () => (ch) => ch.unbindQueue('c.registry', 'c.masters', 'log'),
  'purge the registry': () => (ch) => ch.purgeQueue('c.registry'),
  'delete the registry': () => (ch) => ch.deleteQueue('c.registry'),
  'bind what masters share': ({ own }) => spying(own, 'c.masters', '#'),
  'lead what goes up down': () => (ch) => ch.bindExchange('c.down', 'c.up', '#'),
  'lead what goes down up': () => (ch) => ch.bindExchange('c.up', 'c.down', '#'),
  'lead what goes down to the executors': () => (ch) => ch.bindExchange('c.executors', 'c.down', 'agent.#'),
  'lead what executors say up': () => (ch) => ch.bindExchange('c.up', 'c.executors', '#'),
  'dead-letter down': ({ own }) => (ch) =>
    ch.assertQueue(`${own}1`, { exclusive: true, deadLetterExchange: 'c.down' }),
  'dead-letter to what masters share': ({ own }) => (ch) =>
    ch.assertQueue(`${own}1`, { exclusive: true, deadLetterExchange: 'c.masters' }),
  'send down by an exchange of its own': ({ own }) => (ch) =>
    ch.assertExchange(`${own}2`, 'fanout', { alternateExchange: 'c.down' }),
}

const keyOf = ({ life }: Node): string => `agent.agent-y.${life}`
const queueOf = (agent: Node): string => `c.${keyOf(agent)}.0`
const spying = (own: string, exchange: string, key: string): Attack => async (ch) => {
  await ch.assertQueue(own, { exclusive: true, autoDelete: true })
  await ch.bindQueue(own, exchange, key)
}

for (const user of USERS) {
  test(`the broker refuses ${user} all that is another's`, LIMIT, async (t) => {
    const [intruder, agent] = [await intrude(t, user), await join(t, 'agent', 'y')]
    const own = await intruder.tries(spying(`c.${OWN[user]}.evil.0`, HEARS[user], `${OWN[user]}.evil`))
    assert.equal(own, 'allowed', 'it may have a queue, and hear what is for it')
    const outcomes: [string, unknown][] = []
    for (const [name, attack] of Object.entries(ATTACKS)) {
      outcomes.push([name, await intruder.tries(attack({ own: `c.${OWN[user]}.evil.0`, agent }))])
    }
    assert.deepEqual(outcomes.filter(([, outcome]) => outcome !== 403), [])
    assert.deepEqual(agent.heard.envelopes, [])
  })
}

test('the broker refuses what is said in another\'s name', LIMIT, async (t) => {
  const intruder = await intrude(t, 'agent-x')
  for (const userId of ['master-m', 'agent-y', 'framework-x']) {
    const forging: Attack = async (ch) => ch.publish('c.up', 'masters', FORGED, { userId })
    assert.equal(await intruder.tries(forging), 406, userId)
  }
})

test('a receiver refuses who does not say who it is, or names another as the sender', LIMIT, async (t) => {
  const [master, agent] = [await join(t, 'master', 'm'), await join(t, 'agent', 'y')]
  const mine = envelope('agent-x@v1/agent', 'mine')
  for (const user of ['agent-x', 'framework-x'] as const) {
    const intruder = await intrude(t, user)
    const says = (frame: Buffer, headers = {}): Attack => async (ch) =>
      ch.publish('c.up', 'masters', frame, { userId: user, headers })
    assert.equal(await intruder.tries(async (ch) => ch.publish('c.up', 'masters', mine)), 'allowed')
    await forgery(master, /^from nobody: it has no user_id$/)
    for (const from of ['agent-y@v1/agent', 'master-m@v1/master', 'agent-x.y@v1/agent', '']) {
      assert.equal(await intruder.tries(says(envelope(from, 'another'))), 'allowed')
      await forgery(master, /^it says to be from/)
    }
    assert.equal(await intruder.tries(says(envelope(`${user}@v1/it`, 'its own'))), 'allowed')
    await master.heard.until(({ envelopes }) => envelopes.length === 1)
    assert.deepEqual(master.heard.envelopes.splice(0).map((each) => (each as unknown[])[4]), ['its own'])
  }
  assert.deepEqual(agent.heard.envelopes, [])
})

test('a receiver refuses what a broker copies to it, or else the broker does', LIMIT, async (t) => {
  const [agent, intruder] = [await join(t, 'agent', 'y'), await intrude(t, 'agent-x')]
  for (const field of ['CC', 'BCC']) {
    const outcome = await intruder.tries(async (ch) =>
      ch.publish('c.executors', 'executor.agent-x/executor-e.v1', FORGED, { userId: 'agent-x', [field]: keyOf(agent) }))
    // RabbitMQ looks at these since 4.0.
    if (outcome === 'allowed') await forgery(agent, /^by a detour/)
    else assert.equal(outcome, 403)
  }
  assert.deepEqual(agent.heard.envelopes, [])
})

test('a receiver refuses what comes by an exchange of the sender\'s own', LIMIT, async (t) => {
  const [agent, intruder] = [await join(t, 'agent', 'y'), await intrude(t, 'agent-x')]
  const own = 'c.agent.agent-x.exchange.0'
  const outcome = await intruder.tries(async (ch) => {
    await ch.assertExchange(own, 'topic', { autoDelete: true })
    await ch.bindExchange('c.executors', own, '#')
    ch.publish(own, keyOf(agent), FORGED, { userId: 'agent-x' })
  })
  assert.equal(outcome, 'allowed')
  await forgery(agent, /^by a detour, as 'agent\.agent-y\.v\d+' on 'c\.agent\.agent-x\.exchange\.0'$/)
  assert.deepEqual(agent.heard.envelopes, [])
})

/** A true message of a master, led on by the queue that it was for. */
const REPLAYS: readonly (readonly [string, string, (agent: Node) => string])[] = [
  ['to another agent', 'c.executors', keyOf], ['back to the masters', 'c.up', () => 'masters'],
]
for (const [where, exchange, keyFor] of REPLAYS) {
  test(`a receiver refuses a master's message that was replayed ${where}`, LIMIT, async (t) => {
    const [master, agent] = [await join(t, 'master', 'm'), await join(t, 'agent', 'y')]
    const intruder = await intrude(t, 'agent-x')
    const channel = await intruder.channel()
    const queue = 'c.agent.agent-x.replay.0'
    const dead = { deadLetterExchange: exchange, deadLetterRoutingKey: keyFor(agent), messageTtl: 0 }
    await channel.assertQueue(queue, { exclusive: true, ...dead })
    await channel.bindQueue(queue, 'c.down', 'agent.agent-x.replay')
    master.transport.send(nodeAddress('agent', 'x', 'replay'), [1, 1, 'agent-x@replay/agent', null, 'launch'])
    await forgery(exchange === 'c.up' ? master : agent, /^by a detour: it has the header 'x-death'$/)
    assert.deepEqual([...agent.heard.envelopes, ...master.heard.envelopes], [])
  })
}

/** Resolves once this node has refused one more. */
async function forgery({ heard }: Node, reason: RegExp): Promise<void> {
  await heard.until(({ forgeries }) => forgeries.length > 0)
  assert.match(heard.forgeries.shift() ?? '', reason)
}
