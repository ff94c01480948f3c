import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definitionSlip } from '../../../actors/scheduler/slips.js'
import { task } from '../../../actors/scheduler/task.js'
import type { FrameworkContext } from '../../../actors/scheduler/framework.js'
import { master, offer, onStage } from './stage.js'

const sound = { name: 'a', initial: () => 0, receive: () => 0 }

/** Each: what a definition holds beside what it must, and what is said of it. */
const DEFINITIONS: readonly (readonly [more: object, said: RegExp | undefined])[] = [
  [{}, undefined],
  [{ roles: ['web'], labels: [], failoverTimeoutMs: 0, acknowledge: 'explicit', restartLost: true }, undefined],
  [{ restartLost: { returned: 'keep' }, needs: { cpus: 1 }, roles: undefined }, undefined],
  [{ nedds: {} }, /^has 'nedds', which no framework has: did you mean 'needs'\?$/],
  [{ description: '' }, /^has 'description', .*: it may have name, roles, needs, .*, receive$/],
  [{ roles: 'web' }, /^has a wrong roles: write a list of names, such as \['web'\]$/],
  [{ labels: [1] }, /^has a wrong labels: write a list of texts/],
  [{ failoverTimeoutMs: '1m' }, /^has a wrong failoverTimeoutMs: write milliseconds, such as 60_000$/],
  [{ acknowledge: 'explict' }, /^has a wrong acknowledge: write 'explicit', or/],
  [{ restartLost: 'keep' }, /^has a wrong restartLost: write true, or \{ returned: 'keep' \}$/],
]

test('what is wrong with a definition is said with what to write', () => {
  for (const [more, said] of DEFINITIONS) {
    const slip = definitionSlip({ ...sound, ...more })
    if (said) assert.match(slip ?? '', said)
    else assert.equal(slip, undefined)
  }
})

const one = task({ id: 'a', resources: { cpus: 1 }, command: 'true' })

/** Each: what is asked of a context that is there for whoever asks the compiler, and what is said of it. */
const CALLS: readonly (readonly [call: (ctx: FrameworkContext) => void, said: RegExp])[] = [
  [(ctx) => ctx.accept(offer(1).offerId as never, [one]), /no offer: give an offer as it came in `event.offers`/],
  [(ctx) => ctx.decline(undefined as never), /no offer: give an offer/],
  [(ctx) => ctx.accept(offer(1), one as never), /no list: write `\[task\(\{ … \}\)\]`/],
  [(ctx) => ctx.accept(offer(1), [{ id: 'a' }] as never), /no task: make each with `task\(\{ … \}\)`/],
  [(ctx) => ctx.after(500 as never, 'again' as never), /a name and a delay .*: write `ctx.after\('again', 500\)`/],
]

test('what no context can do is an error that says what to write, and nothing of it is done', () => {
  for (const [call, said] of CALLS) {
    const { driven } = onStage((event, ctx) => event.type === 'offers' && call(ctx))
    assert.throws(() => driven.receive({ type: 'offers', offers: [offer(1)] }), said)
    assert.equal(driven.toldTo(master).length, 0)
  }
})

test('one offer, a list of them, and none are all offers', () => {
  const { driven } = onStage((event, ctx) => {
    if (event.type !== 'offers') return
    for (const offers of [offer(1), [offer(1), offer(2)], []]) ctx.decline(offers)
  })
  assert.doesNotThrow(() => driven.receive({ type: 'offers', offers: [offer(1), offer(2)] }))
})
