import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeAddress, refOf } from '../../runtime/address.js'
import { KERNEL_PATH } from '../../runtime/kernel-protocol.js'
import { WATCH_REPEAT_MS } from '../../runtime/remote-watches.js'
import { seededPace } from '../support/pace.js'
import { Wire } from '../support/wire.js'
import { doing, World } from '../support/world.js'

type Order = { readonly type: 'end' | 'crash' }

const FAR = refOf<never>(nodeAddress('master', 'far', 'life9'), KERNEL_PATH)
const OTHER = refOf<never>(nodeAddress('master', 'other', 'life3'), KERNEL_PATH)

async function watched() {
  const world = new World(seededPace(1))
  const wire = await Wire.of(world.system)
  const ref = world.system.spawn('actor', doing<Order>(({ type }, ctx) => {
    if (type === 'crash') throw new Error('broken')
    ctx.stop()
  }))
  const tell = async (type: Order['type']) => {
    world.system.tell(ref, { type })
    await world.settle()
  }
  return { world, wire, tell }
}

const told = (wire: Wire) => wire.sent.map(({ to }) => to)

test('nodes that watch an actor are told once of its end, and not of a restart', async () => {
  const { world, wire, tell } = await watched()
  for (const from of [FAR, OTHER, FAR]) wire.hear(from, { type: 'watch-actors', paths: ['actor'] })
  await tell('crash')
  await world.advance(1_000)
  assert.deepEqual(wire.said(), [], 'it lives, and has only begun anew')
  await tell('end')
  assert.deepEqual(told(wire), ['master-far@life9', 'master-other@life3'])
  assert.deepEqual(wire.said(), [1, 2].map(() => ({ type: 'actors-ended', paths: ['actor'] })))
})

test('who is not there is told at once; a port lasts as long as its node', async () => {
  const { world, wire } = await watched()
  world.system.port('disk', () => undefined)
  wire.hear(FAR, { type: 'watch-actors', paths: ['actor', 'nobody', 'port.disk', 'actor/child'] })
  assert.deepEqual(wire.said(), [{ type: 'actors-ended', paths: ['nobody', 'actor/child'] }])
})

test('a watch that was taken back is not told, nor one whose node has ended', async () => {
  const { wire, tell } = await watched()
  for (const from of [FAR, OTHER]) wire.hear(from, { type: 'watch-actors', paths: ['actor'] })
  wire.hear(FAR, { type: 'unwatch-actors', paths: ['actor', 'nobody'] })
  wire.tells.lost(nodeAddress('master', 'other', 'life3'))
  await tell('end')
  assert.deepEqual(wire.said(), [])
})

test('a node that has fallen silent is forgotten; one that repeats itself is not', async () => {
  const { world, wire, tell } = await watched()
  wire.hear(OTHER, { type: 'watch-actors', paths: ['actor'] })
  for (let minute = 0; minute < 5; minute++) {
    wire.hear(FAR, { type: 'watch-actors', paths: ['actor'] })
    await world.advance(WATCH_REPEAT_MS)
  }
  await tell('end')
  assert.deepEqual(told(wire), ['master-far@life9'])
})

test('only a kernel is heard as one, and no actor can take its place', async () => {
  const { world, wire } = await watched()
  wire.hear(refOf(nodeAddress('master', 'far', 'life9'), 'mouth'), { type: 'watch-actors', paths: ['nobody'] })
  assert.deepEqual(wire.said(), [])
  assert.throws(() => world.system.spawn(KERNEL_PATH, doing(() => undefined)), /the path 'kernel' is the kernel's own/)
})

test('a node that stops tells who watches its actors', async () => {
  const { world, wire } = await watched()
  wire.hear(FAR, { type: 'watch-actors', paths: ['actor'] })
  await world.system.stop()
  assert.deepEqual(wire.said(), [{ type: 'actors-ended', paths: ['actor'] }])
})
