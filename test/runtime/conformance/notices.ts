/** Conformance, third part: timers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../../runtime/actor.js'
import type { Pace } from '../../support/pace.js'
import { doing, World } from '../../support/world.js'

type Order = { readonly type: 'do'; readonly what: (ctx: Context<Message>) => void }
type Rung = { readonly type: 'rung'; readonly name: string }
type Message = Order | Rung

const rung = (name: string): Rung => ({ type: 'rung', name })

/** A node with one actor that does what it is told, and keeps when which timer went off. */
function clockwork(start: () => Pace) {
  const world = new World(start())
  const began = world.clock.now()
  const heard: string[] = []
  const ref = world.system.spawn('clockwork', doing<Message>((message, ctx) => {
    if (message.type === 'do') message.what(ctx)
    else heard.push(`${message.name} at ${ctx.now() - began}`)
  }))
  const order = async (what: (ctx: Context<Message>) => void) => {
    world.system.tell(ref, { type: 'do', what })
    await world.settle()
  }
  return { world, ref, heard, order }
}

export function turnsConformanceOfNotices(start: () => Pace): void {
  goingOff(start)
  ending(start)
}

function goingOff(start: () => Pace): void {
  test('a timer goes off once, one that repeats until it is cancelled', async () => {
    const { world, heard, order } = clockwork(start)
    await order((ctx) => {
      ctx.after('once', 25, rung('once'))
      ctx.every('again', 10, rung('again'))
    })
    await world.advance(35)
    await order((ctx) => ctx.cancel('again'))
    await world.advance(100)
    assert.deepEqual(heard, ['again at 10', 'again at 20', 'once at 25', 'again at 30'])
    assert.equal(world.clock.nextAt(), undefined)
  })

  test('setting a timer again replaces it', async () => {
    const { world, heard, order } = clockwork(start)
    await order((ctx) => ctx.after('timer', 10, rung('first')))
    await order((ctx) => ctx.after('timer', 20, rung('second')))
    await world.advance(100)
    assert.deepEqual(heard, ['second at 20'])
  })

  test('a timer that was cancelled or replaced is not heard of, even when it had gone off', async () => {
    const { world, ref, heard, order } = clockwork(start)
    await order((ctx) => {
      ctx.after('breaker', 1, { type: 'do', what: (later) => {
        later.cancel('cancelled')
        later.after('replaced', 5, rung('replacement'))
      } })
      ctx.after('cancelled', 1, rung('cancelled'))
      ctx.after('replaced', 1, rung('replaced'))
    })
    for (let alarm = 0; alarm < 3; alarm++) world.clock.step()
    assert.equal(world.vitals(ref)?.mailbox, 3)
    await world.advance(20)
    assert.deepEqual(heard, ['replacement at 6'])
  })

  test('of a timer that repeats no more than one message waits', async () => {
    const { world, ref, heard, order } = clockwork(start)
    await order((ctx) => ctx.every('beat', 10, rung('beat')))
    for (let alarm = 0; alarm < 50; alarm++) world.clock.step()
    assert.equal(world.vitals(ref)?.mailbox, 1)
    await world.settle()
    assert.deepEqual(heard, ['beat at 500'])
    await world.advance(10)
    assert.equal(heard.length, 2)
  })

  test('an interval of nothing is the shortest there is', async () => {
    const { world, heard, order } = clockwork(start)
    await order((ctx) => ctx.every('beat', 0, rung('beat')))
    await world.advance(3)
    assert.deepEqual(heard, ['beat at 1', 'beat at 2', 'beat at 3'])
  })
}

function ending(start: () => Pace): void {
  test('a timer’s message that still waits when its actor stops is no dead letter', async () => {
    const { world, heard, order } = clockwork(start)
    await order((ctx) => {
      ctx.after('end', 1, { type: 'do', what: (later) => later.stop() })
      ctx.after('late', 1, rung('late'))
    })
    world.clock.step()
    world.clock.step()
    await world.settle()
    assert.deepEqual([heard, world.system.vitals()], [[], []])
    assert.deepEqual([...world.system.deadLetters.countsByReason()], [])
  })

  test('timers end with their incarnation, also those whose message waits', async () => {
    const { world, heard, order } = clockwork(start)
    await order((ctx) => {
      ctx.every('beat', 5, rung('beat'))
      ctx.after('late', 5, rung('late'))
      ctx.after('crash', 1, { type: 'do', what: () => {
        throw new Error('broken')
      } })
    })
    for (let alarm = 0; alarm < 3; alarm++) world.clock.step()
    await world.advance(1_000)
    assert.deepEqual(heard, [])
    assert.equal(world.clock.nextAt(), undefined)
    await order((ctx) => ctx.after('next', 5, rung('next')))
    await world.advance(5)
    assert.equal(heard.length, 1)
  })
}
