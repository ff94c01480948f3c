/**
 * Node conformance: what the actors of two nodes may rely on, whatever carries their messages. The second
 * half of `transport-conformance.ts`, seen from the mailbox.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../infra/clock.js'
import type { OpenLink } from '../../infra/link.js'
import { openPost } from '../../infra/post.js'
import { systemRandom } from '../../infra/random.js'
import type { Actor, Context } from '../../runtime/actor.js'
import { nodeAddress, type NodeKind, type Ref } from '../../runtime/address.js'
import type { DeadLetterReason } from '../../runtime/dead-letters.js'
import { seal } from '../../runtime/envelope.js'
import { nactTurns } from '../../runtime/nact.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { bytes, natural, ref } from '../../runtime/schema.js'
import { System } from '../../runtime/system.js'
import { doing } from '../support/world.js'

const spoken = {
  count: message(1, 'Counts.', { value: natural, ballast: bytes }),
  'who-is-there': message(2, 'Asks.', { replyTo: ref<Reply>() }),
  end: message(3, 'Asks to stop.', {}),
}
const replied = { 'it-is-me': message(4, 'Answers.', { value: natural }) }
type Spoken = MessageOf<typeof spoken>
type Reply = MessageOf<typeof replied>
type Gone = { readonly type: 'gone' }

const LIMIT = { timeout: 60_000 }
const MEGABYTE = 1_000_000
const NOTHING = new Uint8Array(0)
const TRACE = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }
const registry = new Registry(spoken, replied)
let lives = 0

/** A node whose test can wait until something has happened in it. */
class Member {
  readonly system: System
  private waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = []

  private constructor(kind: NodeKind) {
    const self = nodeAddress(kind, 'conforming', `life${++lives}`)
    this.system = new System(self, {
      turns: nactTurns(self.replace('@', '.')), clock: systemClock, random: systemRandom, registry,
      logger: { log: () => this.happened() },
      collapsed: (_actor, error) => assert.fail(String(error)),
    })
  }

  static async join(kind: NodeKind, openLink: OpenLink): Promise<Member> {
    const member = new Member(kind)
    await member.system.join((receiver) => openPost(member.system.node, openLink, receiver))
    return member
  }

  spawn<M>(name: string, receive: (message: M, ctx: Context<M>) => void, accepts = {}): Ref<M> {
    const actor: Actor<null, M> = doing<M>((heard, ctx) => {
      receive(heard, ctx)
      this.happened()
    })
    return this.system.spawn(name, { ...actor, accepts })
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ until: condition, resolve })
      this.happened()
    })
  }

  happened(): void {
    const ready = this.waiting.filter(({ until }) => until())
    this.waiting = this.waiting.filter((each) => !ready.includes(each))
    for (const { resolve } of ready) resolve()
  }
}

export function nodeConformance(openLink: () => OpenLink): void {
  async function pair(): Promise<[Member, Member, () => Promise<void>]> {
    const [master, agent] = [await Member.join('master', openLink()), await Member.join('agent', openLink())]
    const stop = async () => {
      await agent.system.stop()
      await master.system.stop()
    }
    return [master, agent, stop]
  }
  conversations(pair)
  refusals(pair, openLink)
}

type Pair = () => Promise<[Member, Member, () => Promise<void>]>

function conversations(pair: Pair): void {
  test('an actor hears another of a far node in order, once, a megabyte between many small', LIMIT, async (t) => {
    const [master, agent, stop] = await pair()
    t.after(stop)
    const heard: number[] = []
    const ear = master.spawn<Spoken>('ear', (said) => void (said.type === 'count' && heard.push(said.value)), spoken)
    const large = new Uint8Array(MEGABYTE)
    const mouth = agent.spawn<Gone>('mouth', (_message, ctx) => {
      for (let value = 0; value < 4_001; value++) {
        ctx.tell(ear, { type: 'count', value, ballast: value === 2_000 ? large : NOTHING })
      }
    })
    agent.system.tell(mouth, { type: 'gone' })
    await master.until(() => heard.at(-1) === 4_000)
    assert.deepEqual(heard, Array.from({ length: 4_001 }, (_, value) => value))
    for (const { system } of [master, agent]) assert.equal(system.deadLetters.last().length, 0)
  })

  test('a question is answered by a far node, and the end of its actor is told to who watches it', LIMIT, async (t) => {
    const [master, agent, stop] = await pair()
    t.after(stop)
    const oracle = master.spawn<Spoken>('oracle', (said, ctx) => {
      if (said.type === 'who-is-there') ctx.tell(said.replyTo, { type: 'it-is-me', value: 7 })
      if (said.type === 'end') ctx.stop()
    }, spoken)
    const heard: string[] = []
    const watcher = agent.spawn<Gone>('watcher', (_message, ctx) => {
      heard.push('turn')
      if (heard.length > 1) return
      ctx.watch(oracle as Ref<never>, { type: 'gone' })
      ctx.tell(oracle, { type: 'who-is-there', replyTo: ctx.self as unknown as Ref<Reply> })
    })
    agent.system.tell(watcher, { type: 'gone' })
    const question = (replyTo: Ref<Reply>) => ({ type: 'who-is-there', replyTo }) as const
    assert.deepEqual(await agent.system.ask(oracle, question, 30_000), { type: 'it-is-me', value: 7 })
    assert.deepEqual(heard, ['turn'], 'the answer was not accepted by the watcher, and the oracle lives')
    agent.system.tell(oracle, { type: 'end' })
    await agent.until(() => heard.length === 2)
  })
}

function refusals(pair: Pair, openLink: () => OpenLink): void {
  const changes: readonly (readonly [DeadLetterReason, string, Readonly<Record<number, unknown>>])[] = [
    ['expired', 'whose deadline has passed', { 5: 1 }],
    ['misdirected', 'for an earlier life', { 0: 'master-conforming@before/ear' }],
    ['unknown-message', 'with a tag that nobody knows', { 3: 999 }],
    ['newer-version', 'of a newer protocol', { 2: 99 }],
    ['invalid', 'whose body has another shape', { 7: [-1, 'no bytes'] }],
    ['malformed', 'without a trace', { 4: '' }],
    ['no-such-actor', 'for nobody', { 0: undefined }],
  ]
  for (const [reason, which, change] of changes) {
    test(`an envelope ${which} is one dead letter (${reason}), and the next one arrives`, LIMIT, async (t) => {
      const [master, agent, stop] = await pair()
      t.after(stop)
      const heard: Spoken[] = []
      const ear = master.spawn<Spoken>('ear', (said) => void heard.push(said), spoken)
      const message = { type: 'count', value: 1, ballast: NOTHING }
      const sealed = [...seal({ to: ear as Ref<never>, from: undefined, trace: TRACE, message }, registry)]
      const nobody = `${master.system.node}/nobody`
      for (const [place, value] of Object.entries(change)) sealed[Number(place)] = value ?? nobody
      const ignored = { received() {}, malformed() {}, forged() {}, undeliverable() {}, lost() {}, connection() {} }
      const forger = await openPost(nodeAddress('agent', 'forger', `life${++lives}`), openLink(), ignored)
      forger.send(master.system.node, sealed)
      await master.until(() => master.system.deadLetters.last().length > 0)
      agent.system.tell(ear, { type: 'end' })
      await master.until(() => heard.length > 0)
      await forger.close()
      assert.deepEqual(master.system.deadLetters.last().map((letter) => letter.reason), [reason])
      assert.deepEqual(heard, [{ type: 'end' }])
    })
  }
}
