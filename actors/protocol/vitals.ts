/** Vitals: how the actors of any node fare, which a master asks for whoever looks on. Tags 140–149. */
import {
  flag, list, natural, oneOf, optional, record, ref, secret, table, text, type Infer,
} from '../../runtime/schema.js'
import { CRASHES_KEPT_MAX } from '../../runtime/crash.js'
import { message, type MessageOf } from '../../runtime/protocol.js'

/** The path of the actor that answers, in every node. */
export const VITALS_PATH = 'vitals'
/** So many actors of one node are told of. */
export const ACTORS_TOLD_MAX = 2_000
/** So many dead letters of one node are told of, the last ones. */
export const LETTERS_TOLD_MAX = 100
/** So many waiting messages of one actor are told of, those that it will receive first. */
export const WAITING_TOLD_MAX = 30
/** So much is told of one of them, and of what an actor holds. */
export const WAITING_CHARACTERS_MAX = 4_000
export const STATE_CHARACTERS_MAX = 100_000

/** A failure of an actor, and what its supervision made of it. */
const crash = record({
  atMs: natural, error: text(2_000), at: optional(text(1_000)), message: optional(text(255)), decision: text(32),
})

const actorVitals = record({
  path: text(2_000), status: text(32), mailbox: natural, oldestMs: natural, processed: natural, restarts: natural,
  onFailure: text(32), crash: optional(crash), recent: list(text(255), 100),
  /** Failures before the last, oldest first. */
  earlier: optional(list(crash, CRASHES_KEPT_MAX)),
})
export type ActorVitals = Infer<typeof actorVitals>

const transport = record({
  connection: text(32), reason: optional(text(1_000)), via: optional(text(1_000)), sinceMs: natural,
  waitingBytes: natural, unconfirmedBytes: natural, reconnects: natural, framesReturned: natural,
  envelopesMissed: natural,
})

const letter = record({
  number: natural, reason: text(64), atMs: natural, to: optional(text(2_000)), from: optional(text(2_000)),
  type: optional(text(255)), body: optional(text(8_192)), detail: optional(text(2_000)),
})
export type LetterView = Infer<typeof letter>

const nodeVitals = record({
  node: text(300), pid: natural, uptimeMs: natural, memoryBytes: natural, actors: list(actorVitals, ACTORS_TOLD_MAX),
  /** Of all, told or not. */
  actorsTotal: natural,
  transport: optional(transport),
  /** How many there were, by reason. */
  deadLetters: table(natural, 100),
  letters: list(letter, LETTERS_TOLD_MAX),
  /** Where the interface of a master answers, and what a page of another master says to be let in there. */
  url: optional(text(512)), pageKey: optional(secret(text(64))),
})
export type NodeVitals = Infer<typeof nodeVitals>

const waitingMessage = record({
  type: text(255), from: optional(text(2_000)), waitedMs: natural, deadlineMs: optional(natural),
  /** The actor itself had asked for it, by a timer, a watch or a question. */
  isNotice: flag,
  /** Its content and, below, the state: snapshots without secrets, as JSON. */
  body: text(WAITING_CHARACTERS_MAX),
})
const actorLook = record({
  waiting: list(waitingMessage, WAITING_TOLD_MAX),
  /** Of all, told or not. */
  waitingTotal: natural,
  /** Absent while the actor has none: before it has begun, and between two lives. */
  state: optional(text(STATE_CHARACTERS_MAX)),
})
export type ActorLook = Infer<typeof actorLook>

export const vitalsCall = {
  'ask-vitals': message(140, 'Asks a node how its actors fare; answered by `vitals`.', {
    round: natural, letters: natural, replyTo: ref<VitalsEvent>(),
  }),
  'replay-letter': message(142, 'Asks a node to send one of its dead letters again; answered by `letter-replayed`.', {
    number: natural, round: natural, replyTo: ref<VitalsEvent>(),
  }),
  'ask-look': message(144, 'Asks a node what waits for one of its actors and what that holds; answered by `looked`.', {
    path: text(2_000), round: natural, replyTo: ref<VitalsEvent>(),
  }),
}
export const vitalsEvent = {
  vitals: message(141, 'How the actors of a node fare.', { round: natural, vitals: nodeVitals }),
  'letter-replayed': message(143, 'The letter is on its way again, or why not.', {
    round: natural, problem: optional(text(1_000)),
  }),
  looked: message(145, 'What was seen of an actor, or why nothing was.', {
    round: natural, look: optional(actorLook), refusal: optional(oneOf('no-such-actor')),
  }),
}
export type VitalsCall = MessageOf<typeof vitalsCall>
export type VitalsEvent = MessageOf<typeof vitalsEvent>

/** What the actor asks of its node. Within one node. */
export type VitalsRequest =
  | { readonly type: 'measure'; readonly letters: number; readonly round: number; readonly replyTo: VitalsReplyTo }
  | { readonly type: 'replay'; readonly number: number; readonly round: number; readonly replyTo: VitalsReplyTo }
  | { readonly type: 'look'; readonly path: string; readonly round: number; readonly replyTo: VitalsReplyTo }

type VitalsReplyTo = Infer<(typeof vitalsCall)['ask-vitals']['fields']['replyTo']>
