/** Conformance, second part: how actors begin and end, and who hears of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import type { Pace } from '../../support/pace.js'
import { doing, listening, World } from '../../support/world.js'

type Order = { readonly type: 'go' | 'end' | 'fail' }
type Gone = { readonly type: 'gone'; readonly name: string }

const GO: Order = { type: 'go' }
const idle = doing<Order>(() => undefined)

/** An actor with children named after it, two below each, `depth` levels deep. */
const family = (depth: number) => doing<Order>((order, ctx) => {
  if (order.type === 'end') ctx.stop()
}, (ctx) => {
  if (depth === 0) return
  for (const name of ['a', 'b']) ctx.spawn(name, family(depth - 1))
})

/** Watches addresses and keeps their names in the order in which they end. */
function mourning(refs: readonly Ref<never>[]) {
  const { actor, heard } = listening<Gone>()
  const watching = {
    ...actor,
    initial(ctx: Context<Gone>) {
      for (const ref of refs) ctx.watch(ref, { type: 'gone', name: ref.slice(ref.indexOf('/') + 1) })
      return null
    },
  }
  return { actor: watching, names: () => heard.map(({ name }) => name) }
}

export function turnsConformanceOfLife(start: () => Pace): void {
  endsOfFamilies(start)
  endsOfActors(start)
  names(start)
  watches(start)
}

function endsOfFamilies(start: () => Pace): void {
  test('an actor that stops takes its family with it, leaves first, the last started before the first',
    async () => {
      const world = new World(start())
      const top = world.system.spawn('top', family(2))
      await world.settle()
      const paths = ['', '/a', '/a/a', '/a/b', '/b', '/b/a', '/b/b']
      const mourner = mourning(paths.map((path) => `${top}${path}` as Ref<never>))
      world.system.spawn('mourner', mourner.actor)
      await world.settle()
      world.system.tell(top, { type: 'end' })
      await world.settle()
      const expected = ['top/b/b', 'top/b/a', 'top/b', 'top/a/b', 'top/a/a', 'top/a', 'top']
      assert.deepEqual(mourner.names(), expected)
      assert.equal(world.system.vitals().length, 1)
    })

  test('a node that stops leaves no actor, no timer and no message behind', async () => {
    const world = new World(start())
    const beating = doing<Order>(() => undefined, (ctx) => {
      ctx.every('beat', 10, GO)
      ctx.spawn('child', doing<Order>(() => undefined, (inner) => inner.after('later', 10, GO)))
    })
    const refs = ['one', 'two'].map((name) => world.system.spawn(name, beating))
    await world.settle()
    for (const ref of refs) world.system.tell(ref, GO)
    await world.system.stop()
    await world.settle()
    assert.deepEqual(world.system.vitals(), [])
    assert.equal(world.clock.nextAt(), undefined)
    assert.equal(world.buried('stopped'), 2)
  })
}

function endsOfActors(start: () => Pace): void {
  test('what waits for an actor when it stops becomes dead letters, and what comes later, too', async () => {
    const world = new World(start())
    const handled: string[] = []
    const ref = world.system.spawn('mortal', doing<Order>(({ type }, ctx) => {
      handled.push(type)
      if (type === 'end') ctx.stop()
    }))
    for (const type of ['go', 'end', 'go', 'fail'] as const) world.system.tell(ref, { type })
    await world.settle()
    assert.deepEqual(handled, ['go', 'end'])
    assert.equal(world.buried('stopped'), 2)
    world.system.tell(ref, GO)
    assert.equal(world.buried('no-such-actor'), 1)
  })

  test('a parent stops a child; a ref that is no child of its own stops nobody', async () => {
    const world = new World(start())
    const other = world.system.spawn('other', idle)
    const parent = world.system.spawn('parent', doing<Order>((_order, ctx) => {
      ctx.stop(other)
      ctx.stop(`${ctx.self}/child` as Ref<never>)
      ctx.stop(`${ctx.self}/nobody` as Ref<never>)
    }, (ctx) => void ctx.spawn('child', idle)))
    world.system.tell(parent, GO)
    await world.settle()
    assert.deepEqual(world.system.vitals().map(({ address }) => address), [other, parent])
  })

  test('an actor that stops in its first moment never receives', async () => {
    const world = new World(start())
    const handled: Order[] = []
    const brief = doing<Order>((order) => void handled.push(order), (ctx) => ctx.stop())
    const ref = world.system.spawn('brief', brief)
    world.system.tell(ref, GO)
    await world.settle()
    assert.deepEqual([handled, world.buried('stopped')], [[], 1])
  })

  test('a context that outlives its actor can do no harm', async () => {
    const world = new World(start())
    let kept: Context<Order> | undefined
    const ref = world.system.spawn('mortal', doing<Order>((_order, ctx) => {
      kept = ctx
      ctx.stop()
    }))
    world.system.tell(ref, GO)
    await world.settle()
    kept?.after('late', 10, GO)
    kept?.every('again', 10, GO)
    kept?.watch(ref, GO)
    kept?.stop()
    assert.throws(() => kept?.spawn('orphan', idle), /has ended, so it cannot spawn 'orphan'/)
    await world.settle()
    assert.equal(world.clock.nextAt(), undefined)
    assert.deepEqual(world.system.vitals(), [])
  })
}

function names(start: () => Pace): void {
  test('the name of a stopped actor can be used again, and its successor is another', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Order>()
    const first = world.system.spawn('phoenix', doing<Order>((_order, ctx) => ctx.stop()))
    world.system.tell(first, GO)
    await world.settle()
    const second = world.system.spawn('phoenix', actor)
    world.system.tell(second, GO)
    await world.settle()
    assert.deepEqual([first === second, heard], [true, [GO]])
  })

  test('a parent can use a name again at once when it has stopped the child', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Order>()
    const parent = world.system.spawn('parent', doing<Order>((_order, ctx) => {
      const child = ctx.spawn('child', idle)
      ctx.tell(child, { type: 'end' })
      ctx.stop(child)
      ctx.tell(ctx.spawn('child', actor), GO)
    }))
    world.system.tell(parent, GO)
    await world.settle()
    assert.deepEqual([heard, world.buried('stopped')], [[GO], 1])
  })

  test('the name of a living actor cannot be used, nor one that could not be an address', async () => {
    const world = new World(start())
    world.system.spawn('alive', idle)
    assert.throws(() => world.system.spawn('alive', idle), /agent-one@life1\/alive is already there/)
    assert.throws(() => world.system.spawn('a/b', idle), /'a\/b' is no actor name/)
    const problems: unknown[] = []
    const parent = world.system.spawn('parent', doing<Order>((_order, ctx) => {
      ctx.spawn('child', idle)
      try {
        ctx.spawn('child', idle)
      } catch (problem) {
        problems.push(problem)
      }
    }))
    world.system.tell(parent, GO)
    await world.settle()
    assert.match(String(problems[0]), /parent\/child is already there/)
    assert.equal(world.system.vitals().length, 3)
  })
}

function watches(start: () => Pace): void {
  test('who watches is told once, however often it has asked', async () => {
    const world = new World(start())
    const mortal = world.system.spawn('mortal', family(0))
    const mourner = mourning([mortal, mortal, mortal])
    world.system.spawn('mourner', mourner.actor)
    await world.settle()
    world.system.tell(mortal, { type: 'end' })
    await world.settle()
    assert.deepEqual(mourner.names(), ['mortal'])
  })

  test('who watches the dead is told at once', async () => {
    const world = new World(start())
    const mourner = mourning([`${world.system.node}/nobody` as Ref<never>])
    world.system.spawn('mourner', mourner.actor)
    await world.settle()
    assert.deepEqual(mourner.names(), ['nobody'])
  })

  test('who has withdrawn a watch hears nothing, even when the notice was on its way', async () => {
    const world = new World(start())
    const { actor, heard } = listening<Gone>()
    const mortal = world.system.spawn('mortal', family(0))
    const watcher = world.system.spawn('watcher', doing<Order>(({ type }, ctx) => {
      const listener = `${ctx.self}/listener` as Ref<Gone>
      if (type === 'go') ctx.watch(mortal, { type: 'fail' })
      else if (type === 'fail') ctx.tell(listener, { type: 'gone', name: 'mortal' })
      else ctx.unwatch(mortal)
    }, (ctx) => void ctx.spawn('listener', actor)))
    for (const type of ['go', 'end'] as const) world.system.tell(watcher, { type })
    await world.settle()
    world.system.tell(mortal, { type: 'end' })
    await world.settle()
    assert.deepEqual(heard, [])
  })

  test('a parent that watches its children and stops makes no dead letters of them', async () => {
    const world = new World(start())
    const parent = world.system.spawn('parent', doing<Order>(({ type }, ctx) => {
      if (type === 'end') ctx.stop()
    }, (ctx) => ctx.watch(ctx.spawn('child', idle), GO)))
    await world.settle()
    world.system.tell(parent, { type: 'end' })
    await world.settle()
    assert.deepEqual([...world.system.deadLetters.countsByReason()], [])
  })
}
