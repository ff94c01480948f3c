import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unhandled, type Actor, type Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { natural, optional, record, text, type Infer } from '../../runtime/schema.js'
import { drive } from '../support/drive.js'

// Here the compiler is under test: `npm test` runs it, and a line below `@ts-expect-error` that has no
// error is one. Nothing of this needs to run.

type Lamp = { readonly type: 'on' } | { readonly type: 'dim'; readonly to: number }
type Door = { readonly type: 'open' }
declare const lamp: Ref<Lamp>
declare const door: Ref<Door>
declare const dimmer: Ref<{ readonly type: 'dim'; readonly to: number }>

export function sending(ctx: Context<Lamp>): void {
  ctx.tell(lamp, { type: 'dim', to: 5 })
  // @ts-expect-error: a lamp does not understand `open`.
  ctx.tell(lamp, { type: 'open' })
  // @ts-expect-error: `dim` without its field.
  ctx.tell(lamp, { type: 'dim' })
  // @ts-expect-error: a field that `on` does not have.
  ctx.tell(lamp, { type: 'on', to: 5 })
  // @ts-expect-error: a string is no address.
  ctx.tell('agent-1@x/lamp', { type: 'on' })
  // @ts-expect-error: what a timer brings must be a message of this actor.
  ctx.after('later', 5, { type: 'open' })
  // @ts-expect-error: the same holds for a watch.
  ctx.watch(door, { type: 'open' })
  ctx.watch(door, { type: 'on' })
}

export function referring(): void {
  const wide: Ref<Lamp> = lamp
  // Whoever may send more may send less.
  const narrow: Ref<{ readonly type: 'on' }> = wide
  // @ts-expect-error: but not the other way round.
  const widened: Ref<Lamp> = narrow
  // @ts-expect-error: a ref of another kind.
  const other: Ref<Door> = lamp
  assert.ok([narrow, widened, other, dimmer])
}

export const complete: Actor<number, Lamp> = {
  initial: () => 0,
  receive(_state, received) {
    switch (received.type) {
      case 'on': return 100
      case 'dim': return received.to
      default: return unhandled(received)
    }
  },
}

export const incomplete: Actor<number, Lamp> = {
  initial: () => 0,
  receive(_state, received) {
    switch (received.type) {
      case 'on': return 100
      // @ts-expect-error: nobody handles `dim`.
      default: return unhandled(received)
    }
  },
}

export const forgetful: Actor<number, Lamp> = {
  initial: () => 0,
  // @ts-expect-error: one way through it returns no state.
  receive(_state, received) {
    if (received.type === 'on') return 100
  },
}

export const asynchronous: Actor<number, Lamp> = {
  initial: () => 0,
  // @ts-expect-error: a behaviour does not wait.
  async receive() {
    return 100
  },
}

export function spawning(ctx: Context<Lamp>): void {
  const child: Ref<Lamp> = ctx.spawn('lamp', complete)
  // @ts-expect-error: the child understands no `open`.
  const wrong: Ref<Door> = ctx.spawn('door', complete)
  assert.ok([child, wrong])
}

const declared = { greet: message(1, 'Says hello.', { name: text(), times: optional(natural) }) }
type Greet = MessageOf<typeof declared>
const point = record({ x: natural, label: optional(text()) })

export function declaring(): void {
  const greet: Greet = { type: 'greet', name: 'Ann' }
  // @ts-expect-error: a declared field that is missing.
  const nameless: Greet = { type: 'greet', times: 1 }
  // @ts-expect-error: a field of the wrong type.
  const mistyped: Greet = { type: 'greet', name: 'Ann', times: 'once' }
  // @ts-expect-error: absent is not undefined.
  const undefinedField: Greet = { type: 'greet', name: 'Ann', times: undefined }
  const at: Infer<typeof point> = { x: 1 }
  // @ts-expect-error: nothing of a message can be changed.
  at.x = 2
  assert.ok([greet, nameless, mistyped, undefinedField])
}

test('what nobody handles is named in the error', () => {
  assert.throws(() => unhandled({ type: 'sing' } as never), { message: 'unhandled message {"type":"sing"}' })
  const driven = drive(complete)
  driven.receive({ type: 'dim', to: 30 })
  assert.equal(driven.state, 30)
  assert.throws(() => driven.receive({ type: 'sing' } as never), /unhandled message/)
})
