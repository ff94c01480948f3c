/** Conformance, fourth part: faults, and what the supervision makes of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor, Context } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { RESTART, STOP, type Supervision } from '../../../runtime/supervision.js'
import type { Pace } from '../../support/pace.js'
import { Wire } from '../../support/wire.js'
import { doing, listening, World } from '../../support/world.js'

type Order = { readonly type: 'count' | 'crash' | 'go' }
type Count = { readonly type: 'counted'; readonly count: number }

const CRASH: Order = { type: 'crash' }
const COUNT: Order = { type: 'count' }
/** Longer than a back-off can be. */
const LONG_MS = 10_000

/** Counts, and tells what it has counted; crashes when told to. */
const counter = (listener: Ref<Count>): Actor<{ count: number }, Order> => ({
  initial: () => ({ count: 0 }),
  receive(state, { type }, ctx) {
    if (type === 'crash') throw new Error('told to crash')
    state.count++
    ctx.tell(listener, { type: 'counted', count: state.count })
    return state
  },
})

function counting(start: () => Pace, supervision?: Supervision) {
  const world = new World(start())
  const { actor, heard } = listening<Count>()
  const ref = world.system.spawn('counter', counter(world.system.spawn('listener', actor)), supervision)
  const send = (...orders: readonly Order[]) => {
    for (const order of orders) world.system.tell(ref, order)
  }
  return { world, ref, send, counts: () => heard.map(({ count }) => count) }
}

const crashing = doing<Order>(() => {
  throw new Error('child broke')
})

export function turnsConformanceOfSupervision(start: () => Pace): void {
  restarts(start)
  faults(start)
  beginnings(start)
  verdicts(start)
}

function restarts(start: () => Pace): void {
  test('a crash restarts with a fresh state, keeps what waits, and buries what broke it', async () => {
    const { world, ref, send, counts } = counting(start)
    send(COUNT, COUNT, CRASH, COUNT, COUNT)
    await world.settle()
    assert.deepEqual(counts(), [1, 2])
    await world.advance(LONG_MS)
    assert.deepEqual(counts(), [1, 2, 1, 2])
    const [letter] = world.system.deadLetters.last()
    const { reason, to, message, detail } = letter ?? assert.fail()
    assert.deepEqual({ reason, to, message, detail },
      { reason: 'crashed', to: ref, message: CRASH, detail: 'told to crash' })
    assert.equal(world.vitals(ref)?.restarts, 1)
  })

  test('each further crash waits longer, within half to the whole of a doubling time', async () => {
    const { world, ref, send } = counting(start)
    for (const ceiling of [10, 20, 40, 80, 160]) {
      send(CRASH)
      await world.settle()
      const delayMs = (world.clock.nextAt() ?? assert.fail('no restart is planned')) - world.clock.now()
      assert.ok(delayMs >= ceiling / 2 && delayMs <= ceiling, `${delayMs} of ${ceiling} ms`)
      await world.advance(delayMs - 1)
      send(COUNT)
      await world.settle()
      assert.equal(world.vitals(ref)?.mailbox, 1)
      await world.advance(1)
      assert.equal(world.vitals(ref)?.mailbox, 0)
    }
  })

  test('a restart ends the children, whose names the next life can use', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Order>()
    const parent = world.system.spawn('parent', doing<Order>(({ type }, ctx) => {
      if (type === 'crash') throw new Error('broken')
      ctx.tell(`${ctx.self}/child` as Ref<Order>, { type })
    }, (ctx) => void ctx.spawn('child', actor)))
    for (const type of ['count', 'crash', 'go'] as const) world.system.tell(parent, { type })
    await world.advance(LONG_MS)
    assert.equal(heard.at(-1)?.type, 'go')
    // The first child was stopped with its life: before or after it had the first message.
    assert.equal(heard.length + world.buried('stopped'), 2)
    assert.equal(world.system.vitals().length, 2)
  })

  test('an actor that is stopped while it waits for its restart does not come back', async () => {
    const world = new World(start())
    const parent = world.system.spawn('parent', doing<Order>(({ type }, ctx) => {
      const child = `${ctx.self}/child` as Ref<Order>
      if (type === 'crash') ctx.tell(child, CRASH)
      else ctx.stop(child)
    }, (ctx) => void ctx.spawn('child', crashing)))
    world.system.tell(parent, CRASH)
    await world.settle()
    world.system.tell(parent, { type: 'go' })
    await world.settle()
    assert.deepEqual(world.system.vitals().map(({ address }) => address), [parent])
    assert.equal(world.clock.nextAt(), undefined)
  })
}

function faults(start: () => Pace): void {
  test('returning nothing is a fault, and so is returning a promise', async () => {
    const broken: readonly [unknown, RegExp][] =
      [[undefined, /returned no state/], [Promise.resolve(1), /async/]]
    for (const [returned, problem] of broken) {
      const world = new World(start())
      const ref = world.system.spawn('broken', { initial: () => 1, receive: () => returned })
      world.system.tell(ref, { type: 'go' } as never)
      await world.settle()
      assert.match(world.system.deadLetters.last()[0]?.detail ?? '', problem)
    }
  })

  test('telling another node what was never declared is the fault of the sender', async () => {
    const world = new World(start())
    const wire = await Wire.of(world.system)
    const ref = world.system.spawn('talker', doing<Order>((_order, ctx) =>
      ctx.tell('master-m@life1/x' as Ref<Order>, COUNT)))
    world.system.tell(ref, { type: 'go' })
    await world.settle()
    assert.match(world.system.deadLetters.last()[0]?.detail ?? '', /'count' is not declared/)
    assert.deepEqual(wire.sent, [])
  })

  test('the log says who failed, on which message, why and where', async () => {
    const { world, ref, send } = counting(start)
    send(CRASH)
    await world.settle()
    const { fields } = world.logs.find(({ text }) => text === 'an actor failed') ?? assert.fail()
    const { at, ...rest } = fields
    assert.deepEqual(rest, { actor: ref, message: 'crash', error: 'told to crash', decision: 'restart' })
    assert.match(String(at), /supervision/)
  })
}

function beginnings(start: () => Pace): void {
  test('an actor that cannot begin is tried again after a pause, and its messages wait', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Order>()
    let attempts = 0
    const ref = world.system.spawn('late', {
      ...actor,
      initial(ctx: Context<Order>) {
        if (++attempts < 3) throw new Error('not yet')
        return actor.initial(ctx)
      },
    })
    world.system.tell(ref, COUNT)
    await world.settle()
    assert.deepEqual([attempts, heard], [1, []])
    await world.advance(LONG_MS)
    assert.deepEqual([attempts, heard], [3, [COUNT]])
    assert.equal(world.buried('crashed'), 0)
  })

  test('an actor that can never begin is given up within its intensity', async () => {
    const world = new World(start())
    let attempts = 0
    world.system.spawn('never', doing<Order>(() => undefined, () => {
      attempts++
      throw new Error('never')
    }))
    await world.advance(LONG_MS)
    assert.equal(attempts, RESTART.restartsMax + 1)
    assert.equal(world.collapsed.length, 1)
  })
}

function verdicts(start: () => Pace): void {
  test('a failing actor that is to stop is gone, and who watches it is told', async () => {
    const { world, ref, send } = counting(start, STOP)
    const { actor, heard } = listening<Order>()
    world.system.spawn('watcher', {
      ...actor,
      initial(ctx: Context<Order>) {
        ctx.watch(ref, { type: 'go' })
        return null
      },
    })
    send(CRASH, COUNT)
    await world.advance(LONG_MS)
    assert.deepEqual(heard, [{ type: 'go' }])
    assert.equal(world.vitals(ref), undefined)
    assert.deepEqual([world.buried('crashed'), world.buried('stopped'), world.collapsed], [1, 1, []])
  })

  test('an actor that stops itself and then fails on the same message is stopped', async () => {
    const world = new World(start())
    const ref = world.system.spawn('leaving', doing<{ readonly type: 'go' }>((_message, ctx) => {
      ctx.stop()
      throw new Error('broken')
    }))
    world.system.tell(ref, { type: 'go' })
    await world.advance(60_000)
    assert.deepEqual([world.vitals(ref), world.buried('crashed')], [undefined, 1])
  })

  test('one failing child does not disturb its siblings', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Order>()
    const parent = world.system.spawn('parent', doing<Order>((order, ctx) => {
      for (const name of ['broken', 'sound']) ctx.tell(`${ctx.self}/${name}` as Ref<Order>, order)
    }, (ctx) => {
      ctx.spawn('broken', crashing)
      ctx.spawn('sound', actor)
    }))
    for (let i = 0; i < 3; i++) {
      world.system.tell(parent, COUNT)
      await world.advance(LONG_MS)
    }
    assert.equal(heard.length, 3)
    assert.equal(world.vitals(parent)?.restarts, 0)
  })

  test('the last failures are remembered, each with its cause and what was decided', async () => {
    const { world, ref, send } = counting(start)
    for (let failed = 0; failed < 3; failed++) {
      send(CRASH)
      await world.advance(LONG_MS)
    }
    const { crashes, restarts } = world.vitals(ref) ?? assert.fail()
    assert.equal(restarts, 3)
    assert.deepEqual(crashes.map(({ error, message, decision }) => [error, message, decision]),
      Array.from({ length: 3 }, () => ['told to crash', 'crash', 'restart']))
    assert.ok((crashes[0]?.atMs ?? 0) < (crashes[2]?.atMs ?? 0))
  })
}
