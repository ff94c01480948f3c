import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unhandled, type Actor } from '../../runtime/actor.js'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { STOP } from '../../runtime/supervision.js'
import { drive } from './drive.js'

type Heard = { readonly type: 'heard'; readonly count: number }
type Message =
  | { readonly type: 'count' | 'beat' | 'late' | 'gone' }
  | { readonly type: 'end' | 'forget' | 'lose-state' }
type Stopper = { readonly type: 'nothing' }

const listener = refOf<Heard>(nodeAddress('agent', 'a', '1'), 'listener')
const child: Actor<number, Stopper> = { initial: () => 0, receive: (state) => state }

const counter: Actor<number, Message> = {
  initial(ctx) {
    ctx.every('beat', 1_000, { type: 'beat' })
    ctx.watch(ctx.spawn('child', child, STOP), { type: 'gone' })
    return 0
  },
  receive(state, message, ctx) {
    switch (message.type) {
      case 'count':
        ctx.tell(listener, { type: 'heard', count: state + 1 })
        return state + 1
      case 'beat':
        ctx.after('late', 50, { type: 'late' })
        ctx.log('info', 'beat', { atMs: ctx.now() })
        return state
      case 'late': return -1
      case 'gone': return -2
      case 'forget':
        ctx.stop(`${ctx.self}/child` as Ref<never>)
        ctx.unwatch(`${ctx.self}/child` as Ref<never>)
        ctx.cancel('beat')
        return state
      case 'end':
        ctx.stop()
        return state
      case 'lose-state': return undefined as unknown as number
      default: return unhandled(message)
    }
  },
}

test('messages change the state, and what was told is kept in order', () => {
  const driven = drive(counter)
  driven.receive({ type: 'count' })
  driven.receive({ type: 'count' })
  assert.equal(driven.state, 2)
  assert.deepEqual(driven.toldTo(listener), [{ type: 'heard', count: 1 }, { type: 'heard', count: 2 }])
  assert.equal(driven.take().length, 2)
  assert.deepEqual(driven.told, [])
})

test('timers go off when the test says so, and time passes with them', () => {
  const driven = drive(counter, { nowMs: 5_000 })
  driven.fire('beat')
  assert.deepEqual(driven.logs, [{ level: 'info', text: 'beat', fields: { atMs: 6_000 } }])
  assert.deepEqual([...driven.timers.keys()], ['beat', 'late'])
  driven.fire('late')
  assert.deepEqual([driven.state, driven.now], [-1, 6_050])
  assert.throws(() => driven.fire('late'), /no timer 'late' is set; set are: beat/)
})

test('children and watches are data', () => {
  const driven = drive(counter, { path: 'counter' })
  const [spawned] = driven.spawned
  assert.deepEqual([spawned?.name, spawned?.self, spawned?.supervision],
    ['child', 'master-driven@1/counter/child', STOP])
  driven.terminate(`${driven.self}/child` as Ref<never>)
  assert.equal(driven.state, -2)
})

test('what is stopped, cancelled and withdrawn is gone', () => {
  const driven = drive(counter)
  driven.receive({ type: 'forget' })
  assert.deepEqual(driven.stopped, [`${driven.self}/child`])
  assert.deepEqual([driven.spawned.length, driven.watched.size, driven.timers.size], [0, 0, 0])
})

test('an actor that has stopped takes no more messages; a restart begins anew', () => {
  const driven = drive(counter)
  driven.receive({ type: 'count' })
  driven.receive({ type: 'end' })
  assert.ok(driven.ended)
  assert.throws(() => driven.receive({ type: 'count' }), /it has stopped/)
  driven.restart()
  assert.deepEqual([driven.state, driven.ended, driven.spawned.length], [0, false, 1])
})

test('a behaviour that returns no state fails the test', () => {
  assert.throws(() => drive(counter).receive({ type: 'lose-state' }), /returned no state/)
})
