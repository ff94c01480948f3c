import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHub } from '../../infra/memory/link.js'
import { openPost } from '../../infra/post.js'
import { unhandled, type Cause } from '../../runtime/actor.js'
import type { NodeKind, Ref } from '../../runtime/address.js'
import type { Hop } from '../../runtime/hop.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { seededRandom } from '../../runtime/random.js'
import { ref } from '../../runtime/schema.js'
import { isChosen, TraceSource } from '../../runtime/trace.js'
import { nactPace, seededPace } from '../support/pace.js'
import { digitsOf } from '../support/trace.js'
import { doing, World } from '../support/world.js'

const asked = { ask: message(1, 'Asks.', { replyTo: ref<Answer>() }) }
const answered = { answer: message(2, 'Answers.', {}) }
type Ask = MessageOf<typeof asked>
type Answer = MessageOf<typeof answered>
type Go = { readonly type: 'go' }
const GO: Go = { type: 'go' }
const registry = new Registry(asked, answered)

const kinds = (hops: readonly Hop[], type: string) => hops.filter(({ message: { type: of } }) => of === type)
  .map(({ kind }) => kind)
const traceOf = (hops: readonly Hop[], type: string, kind: Hop['kind'] = 'sent') =>
  hops.find((hop) => hop.message.type === type && hop.kind === kind)?.trace
    ?? assert.fail(`no ${type} was ${kind}`)

test('contexts are of the form that W3C asks for, and no two messages share one', () => {
  const source = new TraceSource(seededRandom(1))
  const contexts = Array.from({ length: 1_000 }, () => source.begin())
  for (const { traceId, spanId } of contexts) {
    assert.match(traceId, /^[0-9a-f]{32}$/)
    assert.match(spanId, /^[0-9a-f]{16}$/)
    assert.ok(/[^0]/.test(traceId) && /[^0]/.test(spanId))
  }
  assert.equal(new Set(contexts.map(({ spanId }) => spanId)).size, 1_000)
  assert.equal(new Set(contexts.map(({ traceId }) => traceId)).size, 1_000)
  const luckless = new TraceSource({ next: () => 0 }).begin()
  assert.match(luckless.spanId, /[^0]/, 'not even without any luck is it all zeros')
})

test('of all traces a part is chosen, the same by every node that meets them', () => {
  const [source, other] = [new TraceSource(seededRandom(1)), new TraceSource(seededRandom(2))]
  const traces = Array.from({ length: 2_000 }, () => source.begin())
  const chosen = traces.filter((trace) => isChosen(trace, 0.1))
  assert.ok(chosen.length > 120 && chosen.length < 280, `${chosen.length} of 2000`)
  for (const trace of traces) {
    const followed = other.follow(digitsOf(source.follow(trace)))
    assert.equal(isChosen(followed, 0.1), isChosen(trace, 0.1), 'what follows belongs to its trace')
  }
  assert.ok(traces.every((trace) => isChosen(trace, 1) && !isChosen(trace, 0)))
})

test('what a behaviour sends is caused by the message at hand', async () => {
  const world = new World(seededPace(1))
  const last = world.system.spawn('last', doing<Answer>(() => undefined))
  const first = world.system.spawn('first', doing<Go>((_go, ctx) => ctx.tell(last, { type: 'answer' })))
  world.system.tell(first, GO)
  world.system.tell(first, GO)
  await world.settle()
  const causes = world.hops.filter(({ kind, message: { type } }) => kind === 'sent' && type === 'go')
  const effects = world.hops.filter(({ kind, message: { type } }) => kind === 'sent' && type === 'answer')
  assert.deepEqual(effects.map(({ trace }) => [trace.traceId, trace.parentId]),
    causes.map(({ trace }) => [trace.traceId, trace.spanId]))
  assert.ok(causes.every(({ trace }) => trace.parentId === undefined))
})

test('what waits for something else is caused by what began it, once that is said; or by nothing', async () => {
  const world = new World(seededPace(1))
  const last = world.system.spawn('last', doing<Answer>(() => undefined))
  let kept: Cause | undefined
  const waiting = world.system.spawn('waiting', doing<Go | { readonly type: 'keep' | 'forget' }>(({ type }, ctx) => {
    if (type === 'keep') kept = ctx.cause()
    else ctx.because(type === 'go' ? kept : 'nothing', () => ctx.tell(last, { type: 'answer' }))
  }))
  for (const type of ['keep', 'go', 'forget'] as const) world.system.tell(waiting, { type })
  await world.settle()
  const [because, begun] = world.hops.filter(({ kind, message }) => kind === 'sent' && message.type === 'answer')
  const keep = traceOf(world.hops, 'keep')
  assert.deepEqual([because?.trace.traceId, because?.trace.parentId], [keep.traceId, keep.spanId])
  assert.equal(begun?.trace.parentId, undefined)
  assert.notEqual(begun?.trace.traceId, traceOf(world.hops, 'forget').traceId)
})

test('a first life is begun by the message that its parent had; a later one begins a trace', async () => {
  const world = new World(seededPace(1))
  const last = world.system.spawn('last', doing<Answer>(() => undefined))
  const child = doing<Go>(() => { throw new Error('broken') }, (ctx) => ctx.tell(last, { type: 'answer' }))
  const parent = world.system.spawn('parent', doing<Go>((_go, ctx) => void ctx.spawn('child', child)))
  world.system.tell(parent, GO)
  await world.settle()
  world.system.tell(`${parent}/child` as Ref<Go>, GO)
  await world.advance(1_000)
  const lives = world.hops.filter(({ kind, message }) => kind === 'sent' && message.type === 'answer')
  assert.deepEqual(lives.map(({ trace }) => trace.parentId), [traceOf(world.hops, 'go').spanId, undefined])
})

test('what a port answers is caused by its message: at once, or later if it says so', async () => {
  const world = new World(seededPace(1))
  const asker = world.system.spawn('asker', doing<Answer | Ask>(() => undefined))
  let later: Cause | undefined
  const port = world.system.port<Ask>('shop', ({ replyTo }, _from, cause) => {
    later = cause
    world.system.tell(replyTo, { type: 'answer' })
  })
  world.system.tell(port, { type: 'ask', replyTo: asker as Ref<Answer> })
  world.system.tell(asker as Ref<Answer>, { type: 'answer' }, later)
  world.system.tell(asker as Ref<Answer>, { type: 'answer' })
  await world.settle()
  const { spanId } = traceOf(world.hops, 'ask')
  const answers = world.hops.filter(({ kind, message }) => kind === 'sent' && message.type === 'answer')
  assert.deepEqual(answers.map(({ trace }) => trace.parentId), [spanId, spanId, undefined])
})

test('a message is sent, enqueued, delivered and processed; or it is dropped, with the reason', async () => {
  const world = new World(seededPace(1))
  const idle = world.system.spawn('idle', doing<Go | Ask>(({ type }) => {
    if (type === 'ask') throw new Error('broken')
  }))
  world.system.tell(idle, GO)
  await world.settle()
  assert.deepEqual(kinds(world.hops, 'go'), ['sent', 'enqueued', 'delivered', 'processed'])
  const processed = world.hops.at(-1) ?? assert.fail()
  assert.deepEqual([processed.to, processed.durationMs, processed.outcome], [idle, 0, 'ok'])
  world.system.tell(`${idle}/nobody` as Ref<Answer>, { type: 'answer' })
  assert.deepEqual(kinds(world.hops, 'answer'), ['sent', 'dropped'])
  assert.equal(world.hops.at(-1)?.reason, 'no-such-actor')
  world.system.tell(idle, { type: 'ask', replyTo: 'agent-one@life1/x' as Ref<Answer> })
  await world.settle()
  assert.deepEqual(kinds(world.hops, 'ask'),
    ['sent', 'enqueued', 'delivered', 'processed', 'dropped', 'restarted'])
  const [crashed, dropped, restarted] = world.hops.slice(-3)
  assert.deepEqual([crashed?.outcome, dropped?.reason, restarted?.reason], ['crashed', 'crashed: broken', 'broken'])
})

test('a message of a type that nobody handles is told apart from a fault, and what it was given is kept', async () => {
  const world = new World(seededPace(1))
  const strict = world.system.spawn('strict', doing<Go | Ask>((message, ctx) => {
    if (message.type === 'ask') return void unhandled(message as never)
    ctx.log('info', `${ctx.now()} ${ctx.random()}`)
  }))
  world.system.tell(strict, GO)
  world.system.tell(strict, { type: 'ask', replyTo: 'agent-one@life1/x' as Ref<Answer> })
  await world.settle()
  const processed = world.hops.filter(({ kind }) => kind === 'processed')
  assert.deepEqual(processed.map(({ outcome }) => outcome), ['ok', 'unhandled'])
  assert.equal(processed[0]?.given?.join(' '), world.logs.find(({ text }) => /^\d/.test(text))?.text)
})

test('a timer begins a trace of its own', async () => {
  const world = new World(seededPace(1))
  const last = world.system.spawn('last', doing<Answer>(() => undefined))
  const ticking = doing<Go | { readonly type: 'tick' }>(({ type }, ctx) => {
    if (type === 'go') ctx.every('tick', 10, { type: 'tick' })
    else ctx.tell(last, { type: 'answer' })
  })
  world.system.tell(world.system.spawn('ticking', ticking), GO)
  await world.advance(20)
  const ticks = world.hops.filter(({ message: { type }, kind }) => type === 'tick' && kind === 'processed')
  const [begun, first, second] = [traceOf(world.hops, 'go'), ticks[0]?.trace, ticks[1]?.trace]
  assert.equal(new Set([begun.traceId, first?.traceId, second?.traceId]).size, 3)
  assert.equal(first?.parentId, undefined)
  const answer = traceOf(world.hops, 'answer')
  assert.deepEqual([answer.traceId, answer.parentId], [first?.traceId, first?.spanId])
})

test('a trace goes on across nodes, there and back again', async () => {
  const hub = memoryHub()
  const join = async (kind: NodeKind, seed: number) => {
    const world = new World(nactPace(), { kind, registry, seed })
    await world.system.join((receiver) => openPost(world.system.node, hub.open, receiver))
    return world
  }
  const [asker, answerer] = [await join('framework', 1), await join('master', 2)]
  const answering = doing<Ask>(({ replyTo }, ctx) => ctx.tell(replyTo, { type: 'answer' }))
  const deep = answerer.system.spawn('deep', answering)
  const front = answerer.system.spawn('front', {
    ...doing<Ask>(({ replyTo }, ctx) => ctx.tell(deep, { type: 'ask', replyTo })), accepts: asked,
  })
  await asker.system.ask<Ask, Answer>(front, (replyTo) => ({ type: 'ask', replyTo }), 10_000)
  await Promise.all([asker.system.stop(), answerer.system.stop()])
  const [question, inner] = [traceOf(asker.hops, 'ask'), traceOf(answerer.hops, 'ask')]
  const [sent, heard] = [traceOf(answerer.hops, 'answer'), traceOf(asker.hops, 'answer', 'replied')]
  for (const { traceId } of [inner, sent, heard]) assert.equal(traceId, question.traceId)
  assert.deepEqual([inner.parentId, sent.parentId], [question.spanId, inner.spanId])
  assert.deepEqual(digitsOf(heard), digitsOf(sent))
  assert.deepEqual(digitsOf(heard), JSON.parse(JSON.stringify(heard)))
  assert.deepEqual(kinds(asker.hops, 'ask'), ['sent'])
  assert.deepEqual(kinds(answerer.hops, 'ask'),
    ['enqueued', 'delivered', 'sent', 'enqueued', 'processed', 'delivered', 'processed'])
  assert.deepEqual(kinds(asker.hops, 'answer'), ['replied'])
})
