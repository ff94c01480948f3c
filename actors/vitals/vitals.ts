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
  type NodeVitals,
  type VitalsCall,
  type VitalsEvent,
  type VitalsRequest,
} from '../protocol/vitals.js'

/** Nodes asked at once in one round. */
export const NODES_ASKED_MAX = 500
/** Rounds under way at once; more are answered with nothing. */
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

type Message = VitalsCall | VitalsEvent | GatherCall | { readonly type: 'round-over'; readonly round: number }

interface Round {
  readonly wanted: ReadonlySet<string>
  readonly answered: ReadonlyMap<string, NodeVitals>
  /** Nobody knows how many masters there are, so that round lasts until its time is over. */
  readonly lasts: boolean
  readonly replyTo: Ref<Gathered> | undefined
  readonly replayTo: Ref<Replayed> | undefined
}

interface State {
  readonly next: number
  readonly rounds: ReadonlyMap<number, Round>
}

const REPLAY_TIMEOUT_MS = 2_000

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
      case 'gather':
        return gather(state, message, ctx)
      case 'ask-replay':
        return askReplay(state, message, ctx)
      case 'vitals':
        return onVitals(state, message.round, message.vitals, ctx)
      case 'letter-replayed': {
        const round = state.rounds.get(message.round)
        const { problem } = message
        if (round?.replayTo) ctx.tell(round.replayTo, { type: 'replayed', ...(problem ? { problem } : {}) })
        return without(state, message.round)
      }
      case 'round-over':
        return conclude(state, message.round, ctx)
    }
  },
})

type Ctx = Context<Message>

function gather(state: State, call: Extract<GatherCall, { type: 'gather' }>, ctx: Ctx): State {
  const { nodes, masters, letters, withinMs, replyTo } = call
  if (state.rounds.size >= ROUNDS_MAX) {
    ctx.tell(replyTo, { type: 'gathered', nodes: [], silent: nodes })
    return state
  }
  const round = state.next
  const wanted = nodes.slice(0, NODES_ASKED_MAX)
  const ask = { type: 'ask-vitals', round, letters, replyTo: ctx.self as Ref<VitalsEvent> } as const
  for (const node of wanted) ctx.tell(refOf<VitalsCall>(node as NodeAddress, VITALS_PATH), ask)
  if (masters) ctx.tell(refOf<VitalsCall>(groupAddress('master'), VITALS_PATH), ask)
  ctx.after(`round-${round}`, withinMs, { type: 'round-over', round })
  const opened = { wanted: new Set(wanted), answered: new Map(), lasts: masters, replyTo, replayTo: undefined }
  return { next: round + 1, rounds: new Map(state.rounds).set(round, opened) }
}

function askReplay(state: State, call: Extract<GatherCall, { type: 'ask-replay' }>, ctx: Ctx): State {
  const round = state.next
  ctx.tell(refOf<VitalsCall>(call.node as NodeAddress, VITALS_PATH), {
    type: 'replay-letter',
    number: call.number,
    round,
    replyTo: ctx.self as Ref<VitalsEvent>,
  })
  ctx.after(`round-${round}`, REPLAY_TIMEOUT_MS, { type: 'round-over', round })
  const opened = {
    wanted: new Set<string>(),
    answered: new Map(),
    lasts: true,
    replyTo: undefined,
    replayTo: call.replyTo,
  }
  return { next: round + 1, rounds: new Map(state.rounds).set(round, opened) }
}

function onVitals(state: State, number: number, told: NodeVitals, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (!round || round.replayTo || !(round.wanted.has(told.node) || isMaster(told.node))) return state
  const answered = new Map(round.answered).set(told.node, told)
  const next = { ...state, rounds: new Map(state.rounds).set(number, { ...round, answered }) }
  const isAll = !round.lasts && [...round.wanted].every((node) => answered.has(node))
  return isAll ? conclude(next, number, ctx) : next
}

function conclude(state: State, number: number, ctx: Ctx): State {
  const round = state.rounds.get(number)
  if (!round) return state
  ctx.cancel(`round-${number}`)
  if (round.replayTo) {
    ctx.tell(round.replayTo, { type: 'replayed', problem: 'the node did not answer' })
    return without(state, number)
  }
  const nodes = [...round.answered.values()]
  const silent = [...round.wanted].filter((node) => !round.answered.has(node))
  if (round.replyTo) ctx.tell(round.replyTo, { type: 'gathered', nodes, silent })
  return without(state, number)
}

function without(state: State, number: number): State {
  const rounds = new Map(state.rounds)
  rounds.delete(number)
  return { ...state, rounds }
}

const isMaster = (node: string): boolean => kindOf(node as NodeAddress) === 'master'
/** What a node tells of itself, the bodies of lost messages included, is for masters. */
const isOfMaster = (ref: Ref<VitalsEvent>): boolean => isMaster(nodeOf(ref as Ref<never>))
