import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, nodeOf, refOf, type Ref } from '../../runtime/address.js'
import type { DeadLetterReason } from '../../runtime/dead-letters.js'
import { seal } from '../../runtime/envelope.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural } from '../../runtime/schema.js'
import { CLOCK_SKEW_MAX_MS } from '../../runtime/system.js'
import { seededPace } from '../support/pace.js'
import { Wire } from '../support/wire.js'
import { doing, listening, World } from '../support/world.js'

const spoken = {
  say: message(1, 'Says a number.', { value: natural }),
  hush: message(2, 'Says nothing.', {}),
}
type Spoken = MessageOf<typeof spoken>
const registry = new Registry(spoken)
const SAY: Spoken = { type: 'say', value: 5 }
const HUSH: Spoken = { type: 'hush' }

const remote = refOf<Spoken>(nodeAddress('master', 'far', 'life9'), 'mouth')
const trace = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }

async function joined(seed = 1) {
  const world = new World(seededPace(seed), { registry })
  const wire = await Wire.of(world.system)
  /** As if another node had sent it. */
  const receive = async (to: Ref<never>, said: Spoken, changes: Readonly<Record<number, unknown>> = {}) => {
    const raw: unknown[] = [...seal({ to, from: remote, trace, message: said }, registry)]
    for (const [place, value] of Object.entries(changes)) raw[Number(place)] = value
    wire.tells.received(raw)
    await world.settle()
  }
  return { world, wire, receive }
}

const reasons = (world: World) => Object.fromEntries(world.system.deadLetters.countsByReason())
const spawned = (world: World, accepts = {}) => {
  const { actor, heard } = listening<Spoken>()
  return { heard, ref: world.system.spawn('ear', { ...actor, accepts }) }
}

test('a message from another node reaches an actor that accepts it', async () => {
  const { world, receive } = await joined()
  const { ref, heard } = spawned(world, spoken)
  await receive(ref, SAY)
  assert.deepEqual([heard, reasons(world)], [[SAY], {}])
})

test('what an actor does not accept from other nodes is refused, and counted', async () => {
  const { world, receive } = await joined()
  const { ref, heard } = spawned(world, { say: spoken.say })
  await receive(ref, HUSH)
  const closed = world.system.spawn('closed', listening<Spoken>().actor)
  await receive(closed, SAY)
  assert.deepEqual([heard, reasons(world)], [[], { 'not-accepted': 2 }])
  world.system.tell(ref, HUSH)
  await world.settle()
  assert.deepEqual(heard, [HUSH], 'within the node there is no such door')
})

test('a message to a group reaches the actor of that path, and answers come from this life', async () => {
  const { world, receive } = await joined()
  const { heard } = spawned(world, spoken)
  await receive(refOf(groupAddress('agent'), 'ear'), SAY)
  await receive(refOf(groupAddress('agent'), 'nobody'), SAY)
  assert.deepEqual([heard, reasons(world)], [[SAY], { 'no-such-actor': 1 }])
})

const REFUSALS: readonly (readonly [DeadLetterReason, Readonly<Record<number, unknown>>])[] = [
  ['malformed', { 4: 'no trace' }], ['newer-version', { 2: 2 }], ['unknown-message', { 3: 99 }],
  ['invalid', { 7: [-1] }], ['expired', { 5: 1 }], ['misdirected', { 0: 'agent-one@life0/ear' }],
  ['no-such-actor', { 0: 'agent-one@life1/nobody' }],
]
for (const [reason, changes] of REFUSALS) {
  test(`an envelope that is ${reason} is one dead letter and no message`, async () => {
    const { world, receive } = await joined()
    const { ref, heard } = spawned(world, spoken)
    await receive(ref, SAY, changes)
    assert.deepEqual([heard, reasons(world)], [[], { [reason]: 1 }])
  })
}

test('a frame that cannot be read is a dead letter with its reason', async () => {
  const { world, wire } = await joined()
  wire.tells.malformed('random bytes')
  assert.deepEqual(world.system.deadLetters.last().map(({ reason, detail }) => [reason, detail]),
    [['malformed', 'random bytes']])
})

test('what is not from whom it says is a dead letter with its reason', async () => {
  const { world, wire } = await joined()
  wire.tells.forged('from nobody')
  assert.deepEqual(world.system.deadLetters.last().map(({ reason, detail }) => [reason, detail]),
    [['forged', 'from nobody']])
})

test('a port is called at once by its own node, and by no other', async () => {
  const { world, receive } = await joined()
  const heard: unknown[] = []
  const port = world.system.port<Spoken>('disk', (said, from) => void heard.push([said, from]))
  const asker = world.system.spawn('asker', doing<Spoken>((_message, ctx) => ctx.tell(port, SAY)))
  world.system.tell(port, HUSH)
  assert.deepEqual(heard, [[HUSH, undefined]])
  world.system.tell(asker, HUSH)
  await receive(port, SAY)
  assert.deepEqual(heard, [[HUSH, undefined], [SAY, asker]])
  assert.deepEqual(reasons(world), { 'not-accepted': 1 })
})

test('a port that throws costs one message and harms no actor', async () => {
  const { world } = await joined()
  const port = world.system.port<Spoken>('broken', () => {
    throw new Error('disk on fire')
  })
  const ref = world.system.spawn('asker', doing<Spoken>((_message, ctx) => ctx.tell(port, SAY)))
  world.system.tell(ref, HUSH)
  await world.settle()
  const [letter] = world.system.deadLetters.last()
  assert.deepEqual([letter?.reason, letter?.detail, letter?.message], ['port-failed', 'disk on fire', SAY])
  assert.equal(world.vitals(ref)?.restarts, 0)
})

test('what is for another node leaves sealed, with its sender', async () => {
  const { world, wire } = await joined()
  const ref = world.system.spawn('mouth', doing<Spoken>((_message, ctx) => ctx.tell(remote, SAY)))
  world.system.tell(ref, HUSH)
  await world.settle()
  const [{ to, envelope } = assert.fail()] = wire.sent
  assert.equal(to, 'master-far@life9')
  assert.deepEqual([envelope[0], envelope[1], envelope[2], envelope.at(-1)], [remote, ref, 1, [5]])
})

test('before it has joined a node counts what is for others', () => {
  const world = new World(seededPace(1), { registry })
  world.system.tell(remote, SAY)
  assert.deepEqual(reasons(world), { disconnected: 1 })
})

test('what the transport could not bring is a dead letter with its message and its origin', async () => {
  const { world, wire } = await joined()
  const ref = world.system.spawn('mouth', doing<Spoken>((_message, ctx) => ctx.tell(remote, SAY)))
  world.system.tell(ref, HUSH)
  await world.settle()
  const [{ to, envelope } = assert.fail()] = wire.sent
  wire.tells.undeliverable(to, [envelope, ['no envelope']], 'no-such-node')
  const letters = world.system.deadLetters.last()
  assert.deepEqual(letters.map(({ reason, from, message: said }) => [reason, from, said]), 
    [['no-such-node', ref, SAY], ['no-such-node', undefined, undefined]])
  assert.deepEqual(world.hops.filter(({ kind }) => kind === 'dropped').map((hop) => [hop.to, hop.reason]),
    [[remote, 'no-such-node']])
})

test('what becomes of the connection is told to who listens', async () => {
  const { world, wire } = await joined()
  const states: string[] = []
  world.system.onConnection((state) => states.push(state))
  for (const state of ['connected', 'blocked', 'disconnected'] as const) wire.tells.connection(state)
  assert.deepEqual(states, ['connected', 'blocked', 'disconnected'])
})

test('a node that stops closes its transport', async () => {
  const { world, wire } = await joined()
  await world.system.stop()
  assert.ok(wire.closed)
  world.system.tell(remote, SAY)
  assert.deepEqual(reasons(world), { disconnected: 1 })
})

test('a dead letter can be sent again once, to whom it was for and from whom it came', async () => {
  const { world } = await joined()
  const talker = world.system.spawn('talker', doing<Spoken>((_message, ctx) => ctx.tell(late, SAY)))
  const late = refOf<Spoken>(world.system.node, 'ear')
  world.system.tell(talker, HUSH)
  await world.settle()
  const { heard } = spawned(world)
  const [letter = assert.fail()] = world.system.deadLetters.last()
  assert.equal(world.system.replay(letter.number), undefined)
  await world.settle()
  const replayed = world.hops.filter(({ kind, to }) => kind === 'processed' && to === late)
  assert.deepEqual([heard, replayed.map(({ from }) => from)], [[SAY], [talker]])
  assert.equal(world.system.replay(letter.number), 'there is no dead letter 1: only the last 1000 are kept')
  assert.deepEqual([reasons(world), world.system.deadLetters.last()], [{ 'no-such-actor': 1 }, []])
})

test('a letter that finds nobody again is a letter again; one for another node leaves', async () => {
  const { world, wire } = await joined()
  world.system.tell(refOf<Spoken>(world.system.node, 'nobody'), SAY)
  const sealed = seal({ to: remote, from: undefined, trace, message: SAY }, registry)
  wire.tells.undeliverable(nodeOf(remote as Ref<never>), [sealed], 'disconnected')
  for (const { number } of world.system.deadLetters.last()) assert.equal(world.system.replay(number), undefined)
  const letters = world.system.deadLetters.last()
  assert.deepEqual(letters.map(({ reason, number }) => [reason, number]), [['no-such-actor', 3]])
  assert.deepEqual(wire.sent.map(({ envelope }) => envelope[0]), [remote])
})

test('what could not be read, or was not accepted, is not sent again', async () => {
  const { world, wire, receive } = await joined()
  wire.tells.malformed('random bytes')
  await receive(spawned(world).ref, SAY)
  assert.deepEqual(world.system.deadLetters.last().map(({ number }) => world.system.replay(number)), [
    'dead letter 1 (malformed) could not be read, so it cannot be sent',
    "agent-one@life1/ear does not accept 'say' from other nodes",
  ])
})

test('a deadline from another node counts later by as much as clocks may differ', async () => {
  const { world, receive } = await joined()
  const { ref, heard } = spawned(world, spoken)
  const now = world.clock.now()
  await receive(ref, SAY, { 5: now - CLOCK_SKEW_MAX_MS })
  await receive(ref, SAY, { 5: now - CLOCK_SKEW_MAX_MS - 1 })
  assert.deepEqual([heard, reasons(world)], [[SAY], { expired: 1 }])
})

test('the node knows who had the last turn, and what it received last', async () => {
  const { world } = await joined()
  assert.equal(world.system.lastTurn(), undefined)
  const { ref } = spawned(world)
  for (const message of [HUSH, SAY]) world.system.tell(ref, message)
  await world.settle()
  assert.deepEqual(world.system.lastTurn(), { actor: ref, messages: [HUSH, SAY] })
})
