/** Conformance, fourth part: what actors ask each other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { QUESTIONS_OPEN_MAX } from '../../../runtime/asked.js'
import type { Pace } from '../../support/pace.js'
import { doing, World } from '../../support/world.js'

type Answer = { readonly type: 'answer'; readonly text: string }
type Question = { readonly type: 'question'; readonly replyTo: Ref<Answer> } | { readonly type: 'busy' }
type Heard = { readonly type: 'heard'; readonly text: string | undefined }
type Order = { readonly type: 'do'; readonly what: (ctx: Context<Message>) => void }
type Message = Heard | Order

const QUESTION = (replyTo: Ref<Answer>) => ({ type: 'question', replyTo }) as const
const HEARD = (answer: Answer | undefined): Heard => ({ type: 'heard', text: answer?.text })
const yes: Answer = { type: 'answer', text: 'yes' }

/** An actor that does what it is told, and one that is asked: it answers as `reply` does. */
function pair(start: () => Pace, reply: (replyTo: Ref<Answer>, ctx: Context<Question>) => void) {
  const world = new World(start())
  const heard: (string | undefined)[] = []
  const asked: Ref<Answer>[] = []
  const oracle = world.system.spawn('oracle', doing<Question>((message, ctx) => {
    if (message.type === 'busy') return world.clock.moveTo(world.clock.now() + 1_000)
    asked.push(message.replyTo)
    reply(message.replyTo, ctx)
  }))
  const asker = world.system.spawn('asker', doing<Message>((message, ctx) => {
    if (message.type === 'do') message.what(ctx)
    else heard.push(message.text)
  }))
  const order = (what: (ctx: Context<Message>) => void) => world.system.tell(asker, { type: 'do', what })
  const crash = () => order(() => {
    throw new Error('broken')
  })
  return { world, heard, asked, oracle, asker, order, crash }
}

export function turnsConformanceOfQuestions(start: () => Pace): void {
  answers(start)
  silence(start)
  ends(start)
}

function answers(start: () => Pace): void {
  test('the answer to a question arrives as a message, once, and its trace goes on', async () => {
    const { world, heard, asked, oracle, order } = pair(start, (replyTo, ctx) => ctx.tell(replyTo, yes))
    order((ctx) => ctx.ask(oracle, QUESTION, 100, HEARD))
    order((ctx) => ctx.ask(oracle, QUESTION, 100, HEARD))
    await world.advance(1_000)
    assert.deepEqual(heard, ['yes', 'yes'])
    assert.equal(new Set(asked).size, 2, 'each has an address of its own')
    assert.equal(world.clock.nextAt(), undefined, 'no deadline is left behind')
    const processed = world.hops.filter(({ kind }) => kind === 'processed')
    const [{ trace } = assert.fail()] = processed.filter(({ message }) => message.type === 'question')
    const [{ trace: answered } = assert.fail()] = processed.filter(({ message }) => message.type === 'answer')
    assert.deepEqual([answered.traceId, answered.parentId], [trace.traceId, trace.spanId])
  })

  test('an answer passes the messages that wait', async () => {
    const { world, heard, oracle, order } = pair(start, (replyTo, ctx) => {
      order(() => heard.push('waited'))
      ctx.tell(replyTo, yes)
    })
    order((ctx) => ctx.ask(oracle, QUESTION, 100, HEARD))
    await world.settle()
    assert.deepEqual(heard, ['yes', 'waited'])
  })
}

function silence(start: () => Pace): void {
  test('without an answer in time the actor hears that, and a later one is a dead letter', async () => {
    const { world, heard, asked, oracle, order } = pair(start, () => undefined)
    order((ctx) => ctx.ask(oracle, QUESTION, 100, HEARD))
    await world.advance(100)
    assert.deepEqual(heard, [undefined])
    world.system.tell(asked[0] ?? assert.fail(), yes)
    await world.settle()
    assert.deepEqual([heard.length, world.buried('no-such-actor')], [1, 1])
  })

  test('a question that is read too late is not acted upon', async () => {
    const { world, asked, oracle } = pair(start, (replyTo, ctx) => ctx.tell(replyTo, yes))
    world.system.tell(oracle, { type: 'busy' })
    const late = assert.rejects(world.system.ask(oracle, QUESTION, 999), /did not answer within 999 ms/)
    await world.advance(2_000)
    await late
    assert.deepEqual([asked, world.buried('expired')], [[], 1])
  })

  test('a question to nobody ends at its deadline, too', async () => {
    const { world, heard, oracle, order } = pair(start, () => undefined)
    const nobody = `${oracle}/nobody` as typeof oracle
    order((ctx) => ctx.ask(nobody, QUESTION, 100, HEARD))
    await world.advance(100)
    assert.deepEqual([heard, world.buried('no-such-actor')], [[undefined], 1])
  })
}

function ends(start: () => Pace): void {
  test('questions end with the incarnation that asked them', async () => {
    const { world, heard, asked, oracle, order, crash } = pair(start, () => undefined)
    order((ctx) => ctx.ask(oracle, QUESTION, 10_000, HEARD))
    await world.settle()
    crash()
    await world.advance(1_000)
    world.system.tell(asked[0] ?? assert.fail(), yes)
    await world.advance(20_000)
    assert.deepEqual([heard, world.buried('no-such-actor')], [[], 1])
    assert.equal(world.clock.nextAt(), undefined)
  })

  test('what an actor makes of an answer is its own fault', async () => {
    const { world, asker, oracle, order } = pair(start, (replyTo, ctx) => ctx.tell(replyTo, yes))
    order((ctx) => ctx.ask(oracle, QUESTION, 100, () => {
      throw new Error('misread')
    }))
    await world.advance(1_000)
    assert.deepEqual([world.vitals(asker)?.restarts, world.vitals(oracle)?.restarts], [1, 0])
    const letters = world.system.deadLetters.last()
    assert.deepEqual(letters.map(({ reason, message }) => [reason, message]), [['crashed', yes]])
  })

  test('what it makes of there being none is its own fault, too, and made in its own turn', async () => {
    const { world, asker, oracle, order } = pair(start, () => undefined)
    let made = 0
    order((ctx) => ctx.ask(oracle, QUESTION, 100, (answer) => {
      made++
      return { type: 'heard', text: (answer as Answer).text }
    }))
    await world.advance(1_000)
    assert.deepEqual([made, world.vitals(asker)?.restarts], [1, 1])
  })

  test('nobody has more questions open than the limit', async () => {
    const { world, asker, oracle, order } = pair(start, () => undefined)
    order((ctx) => {
      for (let count = 0; count < QUESTIONS_OPEN_MAX; count++) ctx.ask(oracle, QUESTION, 60_000, HEARD)
    })
    await world.settle()
    assert.equal(world.vitals(asker)?.restarts, 0)
    order((ctx) => ctx.ask(oracle, QUESTION, 60_000, HEARD))
    await world.advance(100)
    assert.equal(world.vitals(asker)?.restarts, 1)
  })
}
