import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Actor } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import { nactTurns } from '../../runtime/nact.js'
import { ESCALATE, RESTART, STOP } from '../../runtime/supervision.js'
import { nactPace } from '../support/pace.js'
import { doing, listening, World } from '../support/world.js'
import { turnsConformance } from './turns-conformance.js'

const unhandledRejections: unknown[] = []
process.on('unhandledRejection', (reason) => unhandledRejections.push(reason))
after(() => assert.deepEqual(unhandledRejections, [], 'a failure has escaped the supervision'))

turnsConformance(nactPace)

type Order = { readonly type: 'go' | 'crash' | 'end' }
const GO: Order = { type: 'go' }
const CRASH: Order = { type: 'crash' }

// From here on: the traps of nact 7.6.2, each with what the kernel makes of it.

test('siblings that crash together never have two handlers of one actor at work at once', async () => {
  const world = new World(nactPace())
  const inside = new Map<string, number>()
  let most = 0
  const crashy = (name: string) => doing<Order>(({ type }, ctx) => {
    inside.set(name, (inside.get(name) ?? 0) + 1)
    most = Math.max(most, inside.get(name) ?? 0)
    try {
      if (type === 'crash') throw new Error('broken')
      if (type === 'go') ctx.tell(ctx.self, { type: 'end' })
    } finally {
      inside.set(name, (inside.get(name) ?? 0) - 1)
    }
  })
  const refs = ['ann', 'bob'].map((name) => world.system.spawn(name, crashy(name)))
  for (let round = 0; round < 4; round++) {
    for (const ref of refs) for (const order of [GO, CRASH, GO, GO]) world.system.tell(ref, order)
    await world.advance(20_000)
  }
  assert.equal(most, 1)
  assert.deepEqual(refs.map((ref) => world.vitals(ref)?.restarts), [4, 4])
})

test('a supervision that throws ends the node and does not wedge the actor', async () => {
  const broken = new Error('the log is broken')
  const world = new World(nactPace(), {
    logger: { log: (_level, text) => {
      if (text === 'an actor failed') throw broken
    } },
  })
  const ref = world.system.spawn('crashy', doing<Order>(() => {
    throw new Error('first')
  }))
  world.system.tell(ref, GO)
  await world.settle()
  const [{ actor, error } = assert.fail()] = world.collapsed
  assert.equal(actor, ref)
  assert.deepEqual((error as AggregateError).errors.map(String), ['Error: first', `${broken}`])
  assert.deepEqual(world.system.vitals(), [])
})

test('an actor that fails in the turn in which it was stopped is only stopped', async () => {
  const world = new World(nactPace())
  const parent = world.system.spawn('parent', doing<Order>((_order, ctx) => {
    ctx.tell(ctx.spawn('child', doing<Order>(() => {
      void world.system.stop()
      throw new Error('too late')
    }), ESCALATE), GO)
  }))
  world.system.tell(parent, GO)
  await world.settle()
  assert.deepEqual([world.system.vitals(), world.collapsed, world.buried('crashed')], [[], [], 1])
})

test('an actor that cannot begin is not tried again without a pause', async () => {
  const world = new World(nactPace())
  let attempts = 0
  world.system.spawn('never', doing<Order>(() => undefined, () => {
    attempts++
    throw new Error('never')
  }))
  for (let round = 0; round < 10; round++) await world.settle()
  assert.equal(attempts, 1)
})

test('what a behaviour did to its first state is forgotten by a restart', async () => {
  const world = new World(nactPace())
  const sizes: number[] = []
  const hoarder: Actor<string[], Order> = {
    initial: () => [],
    receive(state, { type }) {
      if (type === 'crash') throw new Error('broken')
      sizes.push(state.push(type))
      return state
    },
  }
  const ref = world.system.spawn('hoarder', hoarder)
  for (const order of [GO, GO, CRASH, GO]) world.system.tell(ref, order)
  await world.advance(1_000)
  assert.deepEqual(sizes, [1, 2, 1])
})

test('a crash does not copy the mailbox, nor does a flood grow it beyond its bound', async () => {
  const world = new World(nactPace())
  const { actor, heard } = listening<Order>()
  const mailbox = { messagesMax: 1_000, whenFull: 'drop-oldest' } as const
  const ref = world.system.spawn('flooded', { ...actor, mailbox })
  for (let i = 0; i < 100_000; i++) world.system.tell(ref, GO)
  assert.equal(world.vitals(ref)?.mailbox, 1_000)
  await world.settle()
  assert.deepEqual([heard.length, world.buried('mailbox-full')], [1_000, 99_000])
})

test('a message to the dead is a dead letter with its origin', async () => {
  const world = new World(nactPace())
  const dead = world.system.spawn('dead', doing<Order>((_order, ctx) => ctx.stop()))
  const talker = world.system.spawn('talker', doing<Order>((_order, ctx) => ctx.tell(dead, CRASH)))
  world.system.tell(dead, GO)
  world.system.tell(talker, GO)
  await world.settle()
  const [letter] = world.system.deadLetters.last()
  const { reason, to, from, message } = letter ?? assert.fail()
  assert.deepEqual([reason, to, from, message], ['no-such-actor', dead, talker, CRASH])
})

test('stopping a parent stops its grandchildren: nobody drains on', async () => {
  const world = new World(nactPace())
  const { actor, heard } = listening<Order>()
  const child = doing<Order>(() => undefined, (ctx) => void ctx.spawn('leaf', actor))
  const parent = world.system.spawn('parent', doing<Order>((_order, ctx) => ctx.stop(),
    (ctx) => void ctx.spawn('child', child)))
  await world.settle()
  const leaf = `${parent}/child/leaf` as Ref<Order>
  world.system.tell(parent, GO)
  for (let i = 0; i < 1_000; i++) world.system.tell(leaf, GO)
  await world.settle()
  assert.equal(world.system.vitals().length, 0)
  assert.equal(heard.length + world.buried('stopped'), 1_000)
  assert.ok(heard.length <= 100, 'at most the turn that it already had')
})

test('a failure deep in the tree climbs it once, and wedges nobody', async () => {
  const world = new World(nactPace())
  const crashy = doing<Order>(() => {
    throw new Error('deep')
  })
  const nested = (depth: number): Actor<null, Order> => (depth === 0 ? crashy : doing<Order>(
    (order, ctx) => ctx.tell(`${ctx.self}/child` as Ref<Order>, order),
    (ctx) => void ctx.spawn('child', nested(depth - 1), ESCALATE)))
  const top = world.system.spawn('top', nested(5), { ...RESTART, restartsMax: 100 })
  for (let round = 1; round <= 10; round++) {
    world.system.tell(top, GO)
    await world.advance(10_000)
    assert.equal(world.vitals(top)?.restarts, round)
    assert.equal(world.system.vitals().length, 6)
  }
})

test('a parent of many children takes its turns as fast as one of few', async () => {
  const medianNs = async (children: number) => {
    const world = new World(nactPace())
    const ref = world.system.spawn('parent', doing<Order>(() => undefined, (ctx) => {
      for (let i = 0; i < children; i++) ctx.spawn(`child-${i}`, doing<Order>(() => undefined))
    }))
    await world.settle()
    const rounds: number[] = []
    for (let round = 0; round < 50; round++) {
      const began = process.hrtime.bigint()
      world.system.tell(ref, GO)
      await world.settle()
      rounds.push(Number(process.hrtime.bigint() - began))
    }
    await world.system.stop()
    return rounds.sort((left, right) => left - right)[25] ?? 0
  }
  await medianNs(1)
  const [few, many] = [await medianNs(1), await medianNs(10_000)]
  // With nact's own tree a turn copies the children: more than a hundred times as long.
  assert.ok(many < few * 10, `${few} ns with one child, ${many} ns with 10,000`)
})

test('names that nact would refuse or confuse are no concern of an actor', async () => {
  const world = new World(nactPace())
  const { actor, heard } = listening<Order>()
  // As a path in nact, both of these could be read as the other.
  const passing = (child: string) => doing<Order>((order, ctx) => ctx.tell(ctx.spawn(child, actor), order))
  const refs = [world.system.spawn('a.b', passing('c')), world.system.spawn('a', passing('b.c'))]
  for (const ref of refs) world.system.tell(ref, GO)
  await world.settle()
  assert.equal(heard.length, 2)
  assert.equal(world.system.vitals().length, 4)
})

test('a place that is closed gets no turn, not even one that it had asked for', async () => {
  const turns = nactTurns('closing')
  let taken = 0
  const place = turns.open(undefined, 'one', () => void taken++, () => 'stop')
  place.wake()
  place.close()
  place.wake()
  turns.close()
  assert.throws(() => turns.open(undefined, 'other', () => void taken++, () => 'stop'))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  assert.equal(taken, 0)
})

test('an actor whose supervision is to stop it does not print, wait or come back', async () => {
  const world = new World(nactPace())
  const ref = world.system.spawn('fragile', doing<Order>(() => {
    throw new Error('broken')
  }), STOP)
  for (let i = 0; i < 10; i++) world.system.tell(ref, GO)
  await world.settle()
  assert.deepEqual([world.buried('crashed'), world.buried('stopped')], [1, 9])
  assert.deepEqual([world.system.vitals(), world.clock.nextAt()], [[], undefined])
})
