/**
 * Replay: gives an actor the messages that it was given in a recording, and holds what it sends against what
 * it sent then. Time and chance answer as they did. What is not recorded cannot be compared: the state itself,
 * and what `initial` sends.
 */
import type { Context } from '../../runtime/actor.js'
import { nodeOf, refOf, type Ref } from '../../runtime/address.js'
import type { AnyActor } from '../../runtime/incarnation.js'
import type { AnyMessage } from '../../runtime/item.js'
import { bodyOf } from './describe.js'
import { readable, type HopRecord } from './hop-record.js'

export interface Effect {
  readonly to: string
  readonly type: string
  readonly body: unknown
}

export interface Difference {
  /** Which of the actor's messages it was, from 1. */
  readonly number: number
  readonly type: string
  readonly span: string
  /** Of what the message brought about, the first that differs; undefined where there is none. */
  readonly recorded: Effect | string | undefined
  readonly replayed: Effect | string | undefined
}

export interface Replayed {
  /** The actor's address, in the life that was replayed. */
  readonly actor: string
  readonly messages: number
  /** Restarts that were replayed as well. */
  readonly restarts: number
  readonly effects: number
  /** The first message of which the recording holds only a part; whatever follows may differ for that. */
  readonly cut?: { readonly number: number, readonly type: string }
  /** Absent when everything was as recorded. */
  readonly difference?: Difference
}

interface Given {
  readonly delivered: HopRecord
  readonly processed: HopRecord | undefined
  readonly sent: readonly HopRecord[]
}

export function replay(actor: AnyActor, address: string, hops: readonly HopRecord[]): Replayed {
  const turns = givenTo(address, hops)
  const stage = new Stage(address as Ref<AnyMessage>, turns.find((turn) => 'delivered' in turn)?.delivered.atMs ?? 0)
  let state = actor.initial(stage)
  let [messages, restarts, effects] = [0, 0, 0]
  let cut: Replayed['cut']
  const told = () => ({ actor: address, messages, restarts, effects, ...(cut ? { cut } : {}) })
  for (const turn of turns) {
    if (!('delivered' in turn)) {
      restarts++
      state = actor.initial(stage)
      continue
    }
    const { delivered, processed, sent } = turn
    const { type, span, body, atMs } = delivered
    messages++
    if (delivered.isCut) cut ??= { number: messages, type }
    const differs = (recorded: Difference['recorded'], replayed: Difference['replayed']): Replayed =>
      ({ ...told(), difference: { number: messages, type, span, recorded, replayed } })
    if (!body) return differs('a message whose content was not recorded', undefined)
    stage.begin(processed?.given ?? [], atMs)
    let fault: string | undefined
    try {
      state = actor.receive(state, { type, ...body } as AnyMessage, stage)
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
    }
    const wanted = sent.map(effectOf)
    for (let index = 0; index < Math.max(wanted.length, stage.sent.length); index++) {
      const [recorded, replayed] = [wanted[index], stage.sent[index]]
      if (JSON.stringify(recorded) !== JSON.stringify(replayed)) return differs(recorded, replayed)
      effects++
    }
    const failed = processed?.outcome === undefined || processed.outcome === 'ok' ? undefined : processed.outcome
    if ((failed === undefined) !== (fault === undefined)) return differs(failed ?? 'no fault', fault ?? 'no fault')
  }
  return told()
}

interface Turn extends Given {
  processed: HopRecord | undefined
  readonly sent: HopRecord[]
}

/**
 * What was given to it, and when it began anew, in order. What it sent belongs to the message that it had then, which
 * need not be the cause: hops of one node are told in the order in which they happened.
 */
function givenTo(address: string, hops: readonly HopRecord[]): (Given | { readonly restarted: HopRecord })[] {
  const turns: (Given | { readonly restarted: HopRecord })[] = []
  let turn: Turn | undefined
  for (const hop of hops) {
    const { kind, to, from, span } = hop
    if (kind === 'sent' && from === address) turn?.sent.push(hop)
    if (to !== address) continue
    if (kind === 'delivered') {
      turn = { delivered: hop, processed: undefined, sent: [] }
      turns.push(turn)
    } else if (kind === 'processed' && turn?.delivered.span === span) {
      turn.processed = hop
      turn = undefined
    } else if (kind === 'restarted') {
      turns.push({ restarted: hop })
      turn = undefined
    }
  }
  return turns
}

const effectOf = (hop: HopRecord): Effect => comparable(hop.to, hop.type, readable(hop.body))

/** Addresses of questions are numbered in their node, so they differ from one run to the next. */
const comparable = (to: string, type: string, body: unknown): Effect =>
  JSON.parse(JSON.stringify({ to, type, body }).replace(/port\.ask-\d+/g, 'port.ask')) as Effect

/** The context of an actor that nobody hears. */
class Stage implements Context<AnyMessage> {
  sent: Effect[] = []
  private given: number[] = []
  private questions = 0

  constructor(readonly self: Ref<AnyMessage>, private atMs: number) {}

  begin(given: readonly number[], atMs: number): void {
    this.sent = []
    this.given = [...given]
    this.atMs = atMs
  }

  tell<M>(to: Ref<M>, message: M): void {
    const plain = message as AnyMessage
    this.sent.push(comparable(to, plain.type, readable(bodyOf(plain))))
  }

  ask<M, Answer>(to: Ref<M>, question: (replyTo: Ref<Answer>) => M): void {
    this.tell(to, question(refOf<Answer>(nodeOf(this.self as Ref<never>), `port.ask-${++this.questions}`)))
  }

  spawn<M>(name: string): Ref<M> {
    return `${this.self}/${name}` as Ref<M>
  }

  now(): number {
    return this.given.shift() ?? Math.floor(this.atMs)
  }

  random(): number {
    return this.given.shift() ?? 0.5
  }

  cause(): undefined {
    return undefined
  }

  because(_cause: unknown, act: () => void): void {
    act()
  }

  stop(): void {}
  watch(): void {}
  unwatch(): void {}
  after(): void {}
  every(): void {}
  cancel(): void {}
  log(): void {}
}
