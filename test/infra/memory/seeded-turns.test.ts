import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TURN_MESSAGES_MAX } from '../../../runtime/cell.js'
import { seededPace } from '../../support/pace.js'
import { doing, World } from '../../support/world.js'
import { turnsConformance } from '../../runtime/turns-conformance.js'

let seed = 0
turnsConformance(() => seededPace(++seed))

type Go = { readonly type: 'go'; readonly left: number }

/** Ten actors that pass messages on among each other; the order in which they had their turns. */
async function interleaving(seedOfRun: number): Promise<string> {
  const world = new World(seededPace(seedOfRun))
  const order: number[] = []
  const passing = (index: number) => doing<Go>(({ left }, ctx) => {
    order.push(index)
    if (left > 0) ctx.tell(refs[(index * 7 + left) % 10] ?? ctx.self, { type: 'go', left: left - 1 })
  })
  const refs = Array.from({ length: 10 }, (_, index) => world.system.spawn(`actor-${index}`, passing(index)))
  for (const ref of refs) world.system.tell(ref, { type: 'go', left: 20 })
  await world.settle()
  return order.join(' ')
}

test('the same seed gives the same interleaving, another seed another', async () => {
  assert.equal(await interleaving(42), await interleaving(42))
  const distinct = new Set(await Promise.all([1, 2, 3, 4, 5].map(interleaving)))
  assert.equal(distinct.size, 5)
})

test('a step gives one turn to one actor', () => {
  const pace = seededPace(1)
  const world = new World(pace)
  let handled = 0
  const ref = world.system.spawn('busy', doing<Go>(() => void handled++))
  for (let i = 0; i < 2 * TURN_MESSAGES_MAX; i++) world.system.tell(ref, { type: 'go', left: 0 })
  const { turns } = pace as unknown as { turns: { step(): boolean } }
  assert.equal(turns.step(), true)
  assert.equal(handled, TURN_MESSAGES_MAX)
  assert.equal(turns.step(), true)
  assert.equal(turns.step(), false)
})
