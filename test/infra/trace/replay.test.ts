import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe } from '../../../infra/trace/describe.js'
import type { HopRecord } from '../../../infra/trace/hop-record.js'
import { holdsBeginning } from '../../../infra/trace/replayable.js'
import { replay } from '../../../infra/trace/replay.js'
import type { Actor } from '../../../runtime/actor.js'
import { nodeOf, type Ref } from '../../../runtime/address.js'
import type { AnyActor } from '../../../runtime/incarnation.js'
import { seededPace } from '../../support/pace.js'
import { doing, World } from '../../support/world.js'
import { AGENT, hop } from './hops.js'

type Add = { readonly type: 'add'; readonly value: number }
type Sum = { readonly type: 'sum'; readonly value: number; readonly atMs: number; readonly luck: number }

/** Adds up, and tells each sum; breaks at 13. */
const adder = (to: Ref<Sum>, factor = 1): Actor<number, Add> => ({
  initial: () => 0,
  receive(sum, { value }, ctx) {
    if (value === 13) throw new Error('unlucky')
    const next = sum + value * factor
    ctx.tell(to, { type: 'sum', value: next, atMs: ctx.now(), luck: ctx.random() })
    return next
  },
})

async function recorded(values: readonly number[]) {
  const world = new World(seededPace(1))
  const sink = world.system.spawn('sink', doing<Sum>(() => undefined))
  const ref = world.system.spawn('adder', adder(sink))
  for (const value of values) {
    world.system.tell(ref, { type: 'add', value })
    await world.advance(1_000)
  }
  const hops: readonly HopRecord[] = world.hops.map((hop) => describe(hop, nodeOf(hop.to)))
  return { address: ref as Ref<never>, hops, sink }
}

const run = (actor: Actor<number, Add>, address: string, hops: readonly HopRecord[]) =>
  replay(actor as unknown as AnyActor, address, hops)

test('the same behaviour does what it did, with the same time and chance, and through a restart', async () => {
  const { address, hops, sink } = await recorded([1, 2, 13, 4])
  assert.deepEqual(run(adder(sink), address, hops), { actor: address, messages: 4, restarts: 1, effects: 3 })
})

test('the first difference is told: what was sent then, and what is sent now', async () => {
  const { address, hops, sink } = await recorded([0, 2, 3])
  const { messages, effects, difference } = run(adder(sink, 2), address, hops)
  assert.deepEqual([messages, effects, difference?.number, difference?.type], [2, 1, 2, 'add'])
  const valueOf = (effect: unknown) => (effect as { readonly body: { readonly value: number } }).body.value
  assert.deepEqual([valueOf(difference?.recorded), valueOf(difference?.replayed)], [2, 4])
})

test('a fault that was not there is a difference, and so is a message without its content', async () => {
  const { address, hops } = await recorded([1])
  const broken: Actor<number, Add> = { initial: () => 0, receive: () => { throw new Error('new') } }
  const [recordedEffect] = [run(broken, address, hops).difference?.recorded]
  assert.equal((recordedEffect as { readonly type: string }).type, 'sum')
  const bare = hops.map(({ body: _, ...hop }) => hop)
  assert.equal(run(broken, address, bare).difference?.recorded, 'a message whose content was not recorded')
})

test('a message of which a part was left out is named, and the log is whole for longer than other lists', async () => {
  const { address, hops, sink } = await recorded([1, 2])
  const cut = hops.map((hop) => ({ ...hop, isCut: true }))
  assert.deepEqual(run(adder(sink), address, cut).cut, { number: 1, type: 'add' })
  const list = (type: string, length: number) => {
    const message = { type, records: new Array<number>(length).fill(0) }
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const { body, isCut } = describe({ kind: 'sent', atMs: 0, from: undefined, to: sink as never, message, trace },
      nodeOf(address))
    return [(body?.['records'] as readonly number[] | undefined)?.length, isCut]
  }
  assert.deepEqual([list('any', 200), list('any', 201)], [[200, undefined], [200, true]])
  assert.deepEqual([list('folded', 2_000), list('restored', 2_001)], [[2_000, undefined], [2_000, true]])
})

test('a recording begins with an actor when the first that it holds of it is what such an actor sends first', () => {
  const beginning = hop('sent', 1, 0, { from: AGENT, type: 'replay' })
  const given = hop('delivered', 2, 1, { to: AGENT, type: 'replayed' })
  assert.deepEqual([[beginning, given], [given, beginning], []].map((hops) => holdsBeginning(AGENT, hops)),
    [true, false, false])
})
