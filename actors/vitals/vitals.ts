/**
 * Vitals: answers, in every node, how its actors fare, and in a master's gathers the answers of many nodes
 * into one. Only masters are let in by the broker's rights, and only what a master asked for is counted.
 */
import type { Actor, Context } from '../../runtime/actor.js'
import { groupAddress, kindOf, nodeOf, refOf, type NodeAddress, type Ref } from '../../runtime/address.js'
import {
  VITALS_PATH,
  vitalsCall,
  vitalsEvent,
  type ActorLook,
  type NodeVitals,
  type VitalsCall,
  type VitalsEvent,
  type VitalsRequest,
} from '../protocol/vitals.js'

/** Nodes asked at once in one round. */
export const NODES_ASKED_MAX = 500
/** Rounds under way at once; more are refused, or answered with nothing. */
export const ROUNDS_MAX = 64

export interface Gathered {
  readonly type: 'gathered'
  readonly nodes: readonly NodeVitals[]
  /** Who was asked and has not answered in time. */
  readonly silent: readonly string[]
}

export interface Replayed {
  readonly type: 'replayed'
  readonly problem?: string
}

export interface Seen {
  readonly type: 'seen'
  readonly look?: ActorLook
  /** Why there is none. */
  readonly refusal?: 'no-such-actor' | 'silent' | 'too-many'
}

/** What the node's own ports may ask. */
export type GatherCall =
  | {
      readonly type: 'gather'
      readonly nodes: readonly string[]
      /** All masters too, however many there are. */
      readonly masters: boolean
      readonly letters: number
      readonly withinMs: number
      readonly replyTo: Ref<Gathered>
    }
  | { readonly type: 'ask-replay'; readonly node: string; readonly number: number; readonly replyTo: Ref<Replayed> }
  | { readonly type: 'look-at'; readonly node: string; readonly path: string; readonly replyTo: Ref<Seen> }

type Message = VitalsCall | VitalsEvent | GatherCall | { readonly type: 'round-over'; readonly round: number }

interface Gathering {
  readonly kind: 'gathering'
  readonly wanted: ReadonlySet<string>
  readonly answered: ReadonlyMap<string, NodeVitals>
  /** Nobody knows how many masters there are, so that round lasts until its time is over. */
  readonly lasts: boolean
  readonly replyTo: Ref<Gathered>
}
/** One question to one node is a round, too. */
type Round =
  | Gathering
  | { readonly kind: 'replay'; readonly replyTo: Ref<Replayed> }
  | { readonly kind: 'look'; readonly replyTo: Ref<Seen> }

interface State {
  readonly next: number
  readonly rounds: ReadonlyMap<number, Round>
}

const ONE_NODE_TIMEOUT_MS = 2_000

export const vitals = (port: Ref<VitalsRequest>): Actor<State, Message> => ({
  accepts: { ...vitalsCall, ...vitalsEvent },
  initial: () => ({ next: 1, rounds: new Map() }),
  receive(state, message, ctx) {
    switch (message.type) {
      case 'ask-vitals': {
        const { letters, round, replyTo } = message
        if (isOfMaster(replyTo)) ctx.tell(port, { type: 'measure', letters, round, replyTo })
        return state
      }
      case 'replay-letter': {
        const { number, round, replyTo } = message
        if (isOfMaster(replyTo)) ctx.tell(port, { type: 'replay', number, round, replyTo })
        return state
      }
      case 'ask-look': {
        const { path, round, replyTo } = message
        if (isOfMaster(replyTo)) ctx.tell(port, { type: 'look', path, round, replyTo })
        return state
      }
      case 'gather':
        return gather(state, message, ctx)
      case 'ask-replay':
        return askReplay(state, message, ctx)
      case 'look-at':
        return lookAt(state, message, ctx)
      case 'vitals':
        return onVitals(state, message.round, message.vitals, ctx)
      case 'letter-replayed':
        return onReplayed(state, message, ctx)
      case 'looked':
        return onLooked(state, message, ctx)
      case 'round-over':
        return conclude(state, message.round, ctx)
    }
  },
})

type Ctx = Context<Message>
type Of<T extends Message['type']> = Extract<Message, { readonly type: T }>

function gather(state: State, call: Of<'gather'>, ctx: Ctx): State {
  const { nodes, masters, letters, withinMs, replyTo } = call
  if (isFull(state)) {
    ctx.tell(replyTo, { type: 'gathered', nodes: [], silent: nodes })
    return state
  }
  const wanted = nodes.slice(0, NODES_ASKED_MAX)
  const ask = { type: 'ask-vitals', round: state.next, letters, replyTo: ctx.self as Ref<VitalsEvent> } as const
  for (const node of wanted) ctx.tell(vitalsOf(node), ask)
  if (masters) ctx.tell(vitalsOf(groupAddress('master')), ask)
  const round = { wanted: new Set(wanted), answered: new Map<string, NodeVitals>(), lasts: masters, replyTo }
  return begin(state, { kind: 'gathering', ...round }, withinMs, ctx)
}

function askReplay(state: State, { node, number, replyTo }: Of<'ask-replay'>, ctx: Ctx): State {
  if (isFull(state)) {
    ctx.tell(replyTo, { type: 'replayed', problem: `${ROUNDS_MAX} questions are under way already` })
    return state
  }
  const ask = { type: 'replay-letter', number, round: state.next, replyTo: ctx.self as Ref<VitalsEvent> } as const
  ctx.tell(vitalsOf(node), ask)
  return begin(state, { kind: 'replay', replyTo }, ONE_NODE_TIMEOUT_MS, ctx)
}

function lookAt(state: State, { node, path, replyTo }: Of<'look-at'>, ctx: Ctx): State {
  if (isFull(state)) {
    ctx.tell(replyTo, { type: 'seen', refusal: 'too-many' })
    return state
  }
  const ask = { type: 'ask-look', path, round: state.next, replyTo: ctx.self as Ref<VitalsEvent> } as const
  ctx.tell(vitalsOf(node), ask)
  return begin(state, { kind: 'look', replyTo }, ONE_NODE_TIMEOUT_MS, ctx)
}

function begin(state: State, round: Round, withinMs: number, ctx: Ctx): State {
  ctx.after(`round-${state.next}`, withinMs, { type: 'round-over', round: state.next })
  return { next: state.next + 1, rounds: new Map(state.rounds).set(state.next, round) }
}

function onVitals(state: State, number: number, told: NodeVitals, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (round?.kind !== 'gathering' || !(round.wanted.has(told.node) || isMaster(told.node))) return state
  const answered = new Map(round.answered).set(told.node, told)
  const next = { ...state, rounds: new Map(state.rounds).set(number, { ...round, answered }) }
  const isAll = !round.lasts && [...round.wanted].every((node) => answered.has(node))
  return isAll ? conclude(next, number, ctx) : next
}

function onReplayed(state: State, { round: number, problem }: Of<'letter-replayed'>, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (round?.kind !== 'replay') return state
  ctx.tell(round.replyTo, { type: 'replayed', ...(problem ? { problem } : {}) })
  return without(state, number, ctx)
}

function onLooked(state: State, { round: number, look, refusal = 'no-such-actor' }: Of<'looked'>, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (round?.kind !== 'look') return state
  ctx.tell(round.replyTo, { type: 'seen', ...(look ? { look } : { refusal }) })
  return without(state, number, ctx)
}

function conclude(state: State, number: number, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (!round) return state
  switch (round.kind) {
    case 'replay':
      ctx.tell(round.replyTo, { type: 'replayed', problem: 'the node did not answer' })
      break
    case 'look':
      ctx.tell(round.replyTo, { type: 'seen', refusal: 'silent' })
      break
    case 'gathering': {
      const silent = [...round.wanted].filter((node) => !round.answered.has(node))
      ctx.tell(round.replyTo, { type: 'gathered', nodes: [...round.answered.values()], silent })
    }
  }
  return without(state, number, ctx)
}

function without(state: State, number: number, ctx: Ctx): State {
  ctx.cancel(`round-${number}`)
  const rounds = new Map(state.rounds)
  rounds.delete(number)
  return { ...state, rounds }
}

const isFull = ({ rounds }: State): boolean => rounds.size >= ROUNDS_MAX
const vitalsOf = (node: string): Ref<VitalsCall> => refOf<VitalsCall>(node as NodeAddress, VITALS_PATH)
const isMaster = (node: string): boolean => kindOf(node as NodeAddress) === 'master'
/** What a node tells of itself, the bodies of lost messages included, is for masters. */
const isOfMaster = (ref: Ref<VitalsEvent>): boolean => isMaster(nodeOf(ref as Ref<never>))
