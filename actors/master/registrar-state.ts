/** Registrar state: what a registrar keeps, hears and is limited by (see `registrar.ts`). */
import type { Cause, Context } from '../../runtime/actor.js'
import type { Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'
import type { LogEntry } from '../protocol/log-entry.js'
import type {
  ElectionEvent, ElectionRequest, RegistrarCall, RegistrarEvent, ReplayEvent,
} from '../protocol/registrar.js'
import type { Boot } from './bootstrap.js'
import { newFence, type Fence } from './fence.js'
import { newProgress, type Progress } from './snapshot-progress.js'

/** How often a leader renews its token, and says in the log that it lives. */
export const BEAT_MS = 1_000
/** A leader whose token is not renewed for so long stops to lead. */
export const LEASE_MS = 3_000
/** A decision that is not read back for so long has an unknown outcome. */
export const READ_BACK_MS = 5_000
/** A claim that is not read back for so long is written once more. */
export const CLAIM_AGAIN_MS = 1_000
/** So often the same one is; then another is made, and perhaps by another way. */
export const CLAIM_COPIES_MAX = 5
/** A log in which nothing comes for so long is read again from where it stood: readers can hang. */
export const TAIL_SILENCE_MS = 5_000
/** Once the log comes again, what was read last must be found in it within so long. */
export const RESUME_MS = 5_000
/** As many of the last entries that were read are remembered, to be known again. */
export const REMEMBERED_ENTRIES_MAX = 4_096
/** As many of them are compared as no writer repeats; fewer when no more are known. */
export const COMPARED_ENTRIES_MIN = 64
/** Without a word from a leader for so long, and a random part of the second, a master claims without the token. */
export const LEADERLESS_MS = 10_000
export const LEADERLESS_SPREAD_MS = 5_000
/** So long waits who has led last: nobody can have been kept from leading but by the same outage. */
export const LED_LAST_MS = 3_000

/** How long a master looks among the last entries for where to begin: a leader says so in every beat. */
export const FIND_MS = 2_000
/** A snapshot that is not whole after so many beats is given up; the next one may begin. */
export const SNAPSHOT_BEATS_MAX = 60
/** The most by which what somebody obeys may be ahead of the log: who is mistaken must not use up all epochs. */
export const EPOCH_LEAP_MAX = 1_000_000

export interface RegistrarOptions {
  readonly cluster: string
  /** This master's node, for people. */
  readonly name: string
  /** Where its interface answers, for who asks another master. */
  readonly url?: string
  readonly stream: Ref<StreamRequest<LogEntry>>
  readonly election: Ref<ElectionRequest>
  /** What is written, in bytes or thereabouts, before the next snapshot is worth it. */
  readonly snapshotWeightMin?: number
}

export type Message =
  | RegistrarCall | StreamEvent<LogEntry> | ElectionEvent
  | { readonly type: 'beat' | 'lease-over' | 'not-read-back' | 'tail-silent' | 'not-resumed' | 'leaderless' }
  | { readonly type: 'unfound' }

export interface Pending {
  readonly seq: number
  /** With the last entry of an append. */
  readonly token: number | undefined
  /** Of the append. */
  readonly cause: Cause | undefined
}

/** What tells an entry of the log from others: see `registrar-resuming.ts`. */
export type EntryNames = readonly (string | number | undefined)[]

/** A reading that was interrupted, and is to go on. */
export interface Resuming {
  /** From near the end of the log, or, since that told too little, from well before the last entry that was read. */
  readonly from: 'end' | 'before'
  /** Something has come of it. */
  hasBegun: boolean
  /** Position of the first entry that was found again. */
  comparedFrom: number | undefined
}

/** What this master has written to lead. */
export interface Claim {
  readonly epoch: number
  readonly entries: readonly LogEntry[]
  /** How often it was written. */
  copies: number
}

/** A snapshot that this master writes. */
export interface Writing {
  readonly snapshot: number
  /** Where it begins, once that has been read back and counts. */
  begunAt: number | undefined
  /** What it ends with, once all of it has been written. */
  end: { readonly parts: number; readonly hash: string } | undefined
  beats: number
}

export interface State {
  /** Undefined until it has asked for the log. */
  master: Ref<RegistrarEvent> | undefined
  /** The number under which it has. */
  replay: number
  phase: 'following' | 'claiming' | 'leading'
  holdsToken: boolean
  fence: Fence
  /** Tells what is read now from what an earlier reading still brings. */
  reading: number
  /** Of the next entry. */
  position: number
  /** Until the first entries come of what is read: they may stand behind what was asked for. */
  anywhere: boolean
  boot: Boot
  /** What has been read last, by its positions: see `registrar-resuming.ts`. */
  remembered: Map<number, EntryNames>
  /** Whether that still stands is not known yet. */
  resuming: Resuming | undefined
  /** Nobody was heard to lead, but nothing could be heard; that counts as an excuse only once. */
  wasDeaf: boolean
  /** Where snapshots begin that were found to be none. */
  rejected: Set<number>
  /** Read back, it says that there is nothing more to look through. */
  marker: string
  /** The master has been told something since it asked for the log. */
  told: boolean
  progress: Progress
  writing: Writing | undefined
  /** Of the snapshots that this life has written. */
  snapshots: number
  /** Of the own claim. */
  nonce: string
  /** The own claim, while its fate is not known. */
  claim: Claim | undefined
  nextSeq: number
  /** Those that this leader has written. */
  beats: number
  pending: Pending[]
  /** Of the claim by which this master led last. */
  ledNonce: string
}

export type Ctx = Context<Message>

export const newState = (): State => ({
  master: undefined, replay: 0, phase: 'following', holdsToken: false, fence: newFence, reading: 0, position: 0,
  anywhere: false, boot: { mode: 'finding' }, remembered: new Map(), resuming: undefined, rejected: new Set(),
  marker: '', told: false, progress: newProgress, writing: undefined,
  snapshots: 0, nonce: '', claim: undefined, wasDeaf: false, nextSeq: 1, beats: 0, pending: [], ledNonce: '',
})

/** Says it as a part of what the master has asked for last; nothing as long as it has not asked. */
export function tellMaster({ master, replay }: State, event: ReplayEvent, ctx: Ctx): void {
  if (master) ctx.tell(master, { ...event, replay })
}
