/**
 * Tell, by Warren: an actor tells another in another process, over RabbitMQ.
 *
 * The source keeps a window of parcels under way, and the counter gives credit: nothing else would keep a
 * flood from meeting the outbox's bound.
 */
import type { Actor } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { openBenchNode } from './bench-node.js'
import { BODY, BODY_BYTES, call, event, type BenchCall, type BenchEvent } from './bench-protocol.js'
import { Arrivals, machineMs, play } from './play.js'

/** Parcels under way; one by one they are objects, and no more of them are wanted than keep the broker busy. */
const WINDOW = { batched: 20_000, oneByOne: 2_000 }
/** What part of a window is credited at once. */
const CREDIT_PART = 10
/** What the source tells before it lets others have their turn. */
const BURST = 100

interface Counted {
  readonly source: Ref<BenchEvent> | undefined
  readonly credit: number
  readonly uncredited: number
}

const arrivals = new Arrivals()

const counter: Actor<Counted, BenchCall> = {
  initial: () => ({ source: undefined, credit: 0, uncredited: 0 }),
  receive(state, message, ctx) {
    if (message.type === 'begin') return { source: message.source, credit: message.credit, uncredited: 0 }
    if (message.type !== 'parcel' || message.body.length !== BODY_BYTES) return state
    arrivals.arrived()
    if (state.uncredited + 1 < state.credit || !state.source) return { ...state, uncredited: state.uncredited + 1 }
    ctx.tell(state.source, { type: 'credit', count: state.credit })
    return { ...state, uncredited: 0 }
  },
  accepts: call,
}

type Sending = { readonly left: number; readonly room: number }
type Go = { readonly type: 'send'; readonly count: number } | { readonly type: 'go' }

function sourceTo(target: Ref<BenchCall>, window: number): Actor<Sending, BenchEvent | Go> {
  return {
    initial: () => ({ left: 0, room: window }),
    receive(state, message, ctx) {
      let { left, room } = state
      if (message.type === 'credit') room += message.count
      if (message.type === 'send') {
        left = message.count
        room = window
        ctx.tell(target, { type: 'begin', source: ctx.self, credit: window / CREDIT_PART })
      }
      const burst = Math.min(left, room, BURST)
      for (let sent = 0; sent < burst; sent++) ctx.tell(target, { type: 'parcel', body: BODY })
      // Credit and the next burst may both be on their way here; one of them finds nothing to do.
      if (burst === BURST) ctx.tell(ctx.self, { type: 'go' })
      return { left: left - burst, room: room - burst }
    },
    accepts: event,
  }
}

let send: (count: number) => void = () => undefined

play({
  async listen({ url, batching }: { url: string; batching: boolean }) {
    const system = await openBenchNode('master', url, { batching })
    return system.spawn('counter', counter)
  },
  async connect({ url, to, batching }: { url: string; to: Ref<BenchCall>; batching: boolean }) {
    const system = await openBenchNode('agent', url, { batching })
    const source = system.spawn('source', sourceTo(to, batching ? WINDOW.batched : WINDOW.oneByOne))
    send = (count) => system.tell(source, { type: 'send', count })
  },
  arm: (count: number) => arrivals.arm(count),
  ended: () => arrivals.ended,
  send(count: number) {
    const beganMs = machineMs()
    send(count)
    return beganMs
  },
})
