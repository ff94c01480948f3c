import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../runtime/actor.js'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { KERNEL_PATH } from '../../runtime/kernel-protocol.js'
import { UNWATCH_DELAY_MS, WATCH_REPEAT_MS } from '../../runtime/remote-watches.js'
import { seededPace } from '../support/pace.js'
import { Wire } from '../support/wire.js'
import { listening, World } from '../support/world.js'

type Gone = { readonly type: 'gone'; readonly name: string }
const FAR = nodeAddress('master', 'far', 'life9')
const at = (path: string) => refOf<never>(FAR, path)

/** Watches some refs from its first moment on. */
function watching(refs: readonly Ref<never>[], then: (ctx: Context<Gone>) => void = () => undefined) {
  const { actor, heard } = listening<Gone>()
  const initial = (ctx: Context<Gone>) => {
    for (const ref of refs) ctx.watch(ref, { type: 'gone', name: ref })
    then(ctx)
    return null
  }
  return { heard, actor: { ...actor, initial } }
}

async function joined() {
  const world = new World(seededPace(1))
  return { world, wire: await Wire.of(world.system) }
}

test('who watches actors of a node that is lost is told of each, once', async () => {
  const { world, wire } = await joined()
  const [one, other] = [watching([at('a'), at('b')]), watching([at('a')])]
  world.system.spawn('one', one.actor)
  world.system.spawn('other', other.actor)
  await world.settle()
  assert.deepEqual(wire.watched, [FAR], 'the transport watches a node once')
  wire.tells.lost(FAR)
  wire.tells.lost(FAR)
  wire.tells.lost(nodeAddress('master', 'unknown', 'life1'))
  await world.settle()
  assert.deepEqual(one.heard.map(({ name }) => name), [at('a'), at('b')])
  assert.deepEqual(other.heard.map(({ name }) => name), [at('a')])
  assert.deepEqual(wire.watched, [])
})

test('a node that nobody watches any more is not watched', async () => {
  const { world, wire } = await joined()
  const { actor, heard } = watching([at('a'), at('b')], (ctx) => {
    ctx.unwatch(at('a'))
    assert.deepEqual(wire.watched, [FAR])
    ctx.unwatch(at('b'))
    ctx.unwatch(at('b'))
  })
  world.system.spawn('watcher', actor)
  await world.settle()
  assert.deepEqual(wire.watched, [])
  wire.tells.lost(FAR)
  await world.settle()
  assert.deepEqual(heard, [])
})

test('a node can be watched again, after a watch was withdrawn and after it was lost', async () => {
  const { world, wire } = await joined()
  const { actor, heard } = watching([at('a')], (ctx) => {
    ctx.unwatch(at('a'))
    ctx.watch(at('a'), { type: 'gone', name: 'first' })
  })
  world.system.spawn('watcher', actor)
  await world.settle()
  assert.deepEqual(wire.watched, [FAR])
  wire.tells.lost(FAR)
  await world.settle()
  const again = watching([at('a')])
  world.system.spawn('again', again.actor)
  await world.settle()
  assert.deepEqual(wire.watched, [FAR])
  wire.tells.lost(FAR)
  await world.settle()
  assert.deepEqual([heard.length, again.heard.length], [1, 1])
})

test('watches end with the actor that asked for them', async () => {
  const { world, wire } = await joined()
  world.system.spawn('brief', watching([at('a')], (ctx) => ctx.stop()).actor)
  await world.settle()
  assert.deepEqual(wire.watched, [])
})

test('a transport that knows at once that a node is dead is heard', async () => {
  const { world, wire } = await joined()
  wire.dead.add(FAR)
  const { actor, heard } = watching([at('a')])
  world.system.spawn('watcher', actor)
  await world.settle()
  assert.deepEqual([heard.length, wire.watched], [1, []])
})

test('a node that has joined nobody takes all others for dead', async () => {
  const world = new World(seededPace(1))
  const { actor, heard } = watching([at('a')])
  world.system.spawn('watcher', actor)
  await world.settle()
  assert.equal(heard.length, 1)
})

test('a watch asks the other node’s kernel for the very actor, and its end is told', async () => {
  const { world, wire } = await joined()
  const { actor, heard } = watching([at('a'), at('b')])
  world.system.spawn('watcher', actor)
  await world.settle()
  assert.deepEqual(wire.said(), [
    { type: 'watch-actors', paths: ['a'] }, { type: 'watch-actors', paths: ['b'] },
  ])
  wire.hear(at(KERNEL_PATH), { type: 'actors-ended', paths: ['b', 'unknown', 'b'] })
  await world.settle()
  assert.deepEqual(heard.map(({ name }) => name), [at('b')])
  assert.deepEqual(wire.watched, [FAR], 'the other actor is still watched')
  wire.hear(at(KERNEL_PATH), { type: 'actors-ended', paths: ['a'] })
  await world.settle()
  assert.deepEqual([heard.length, wire.watched], [2, []])
})

test('who is watched is said again at intervals and after an interruption, and taken back', async () => {
  const { world, wire } = await joined()
  const { actor } = watching([at('a'), at('b')], (ctx) => ctx.after('unwatch', 70_000, { type: 'gone', name: '' }))
  const unwatching = { ...actor, receive: (state: null, _: Gone, ctx: Context<Gone>) => {
    for (const path of ['a', 'b']) ctx.unwatch(at(path))
    return state
  } }
  world.system.spawn('watcher', unwatching)
  await world.settle()
  wire.said()
  await world.advance(WATCH_REPEAT_MS)
  assert.deepEqual(wire.said(), [{ type: 'watch-actors', paths: ['a', 'b'] }])
  wire.tells.connection('connected')
  assert.deepEqual(wire.said(), [{ type: 'watch-actors', paths: ['a', 'b'] }])
  await world.advance(10_000)
  assert.deepEqual(wire.said(), [], 'whoever is watched no more may just have been lost')
  await world.advance(UNWATCH_DELAY_MS)
  assert.deepEqual(wire.said(), [{ type: 'unwatch-actors', paths: ['a', 'b'] }])
  assert.equal(world.clock.nextAt(), undefined, 'nothing is left to repeat')
})

test('a watch that is taken up again at once was never taken back', async () => {
  const { world, wire } = await joined()
  const { actor } = watching([at('a')], (ctx) => {
    ctx.unwatch(at('a'))
    ctx.watch(at('a'), { type: 'gone', name: '' })
  })
  world.system.spawn('watcher', actor)
  await world.advance(UNWATCH_DELAY_MS)
  assert.deepEqual(wire.said(), [{ type: 'watch-actors', paths: ['a'] }, { type: 'watch-actors', paths: ['a'] }])
})

test('what kernels could not tell each other is no dead letter: it is said again', async () => {
  const { world, wire } = await joined()
  world.system.spawn('watcher', watching([at('a')]).actor)
  await world.settle()
  const [{ to, envelope } = assert.fail()] = wire.sent
  wire.tells.undeliverable(to, [envelope], 'disconnected')
  assert.equal(world.system.deadLetters.last().length, 0)
})
