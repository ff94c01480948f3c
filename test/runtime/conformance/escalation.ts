/** Conformance, fifth part: failures that climb the tree. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { ESCALATE, RESTART, type Supervision } from '../../../runtime/supervision.js'
import type { Pace } from '../../support/pace.js'
import { doing, World } from '../../support/world.js'

type Order = { readonly type: 'go' }

const GO: Order = { type: 'go' }
/** Longer than a back-off can be. */
const LONG_MS = 10_000

/** Spawns one child that does `what`, and passes on what it hears itself. */
const parentOf = (child: Actor<unknown, Order>, supervision: Supervision, began = () => {}) =>
  doing<Order>((order, ctx) => ctx.tell(`${ctx.self}/child` as Ref<Order>, order), (ctx) => {
    began()
    ctx.spawn('child', child, supervision)
  })

const crashing = doing<Order>(() => {
  throw new Error('child broke')
})

export function turnsConformanceOfEscalation(start: () => Pace): void {
  test('a failure that escalates is the parent’s own', async () => {
    const world = new World(start())
    let lives = 0
    const parent = world.system.spawn('parent', parentOf(crashing, ESCALATE, () => lives++))
    world.system.tell(parent, GO)
    await world.advance(LONG_MS)
    assert.equal(lives, 2)
    assert.equal(world.vitals(parent)?.restarts, 1)
    assert.equal(world.vitals(`${parent}/child` as Ref<never>)?.restarts, 0)
    const failures = world.logs.filter(({ text }) => text === 'an actor failed')
    assert.deepEqual(failures.map(({ fields }) => fields['error']),
      ['child broke', "child 'child' failed: child broke"])
  })

  test('too many restarts within the period escalate; restarts further apart do not', async () => {
    const world = new World(start())
    const twice: Supervision = { ...RESTART, restartsMax: 2, periodMs: 1_000 }
    const parent = world.system.spawn('parent', parentOf(crashing, twice))
    const crashes = async (count: number, apartMs: number) => {
      for (let i = 0; i < count; i++) {
        world.system.tell(parent, GO)
        await world.advance(apartMs)
      }
    }
    await crashes(6, 600)
    assert.equal(world.vitals(parent)?.restarts, 0)
    await world.advance(1_000)
    await crashes(3, 300)
    assert.equal(world.vitals(parent)?.restarts, 1)
  })

  test('what escalates beyond the top is told to whoever runs the node', async () => {
    const world = new World(start())
    const middle = parentOf(crashing, ESCALATE)
    const top = world.system.spawn('top', parentOf(middle, ESCALATE), ESCALATE)
    world.system.spawn('bystander', doing<Order>(() => undefined))
    world.system.tell(top, GO)
    await world.settle()
    const [{ actor, error } = assert.fail()] = world.collapsed
    assert.equal(actor, top)
    assert.match(String(error), /child 'child' failed: child 'child' failed: child broke/)
    assert.equal(((error as Error).cause as Error).cause instanceof Error, true)
    assert.deepEqual(world.system.vitals().length, 1)
  })
}
