/**
 * Stream: the port of a shared, append-only sequence of entries that several nodes write and read. What
 * stands in it stands for all of its readers at the same position. Its twins: RabbitMQ's streams, a file,
 * and memory.
 */
import type { Ref } from './address.js'

export type StreamRequest<Entry> =
  /**
   * Reads from `from` (0 is the beginning) and goes on with what is added later; if that is gone, from the first
   * entry that is left. `recent`: from somewhere near the end, or, if nobody knows where that is, from the first.
   * Opening again ends what was read before; answers to it carry the new `reading`. `isSilent`: nothing came for
   * long, and whoever keeps the entries may have forgotten its reader, or hear nobody.
   */
  | {
      readonly type: 'read'
      readonly from: number | 'recent'
      readonly reading: number
      readonly isSilent?: boolean
      readonly replyTo: Ref<StreamEvent<Entry>>
    }
  /** Adds entries behind each other. That they stand is known only by reading them. */
  | { readonly type: 'add'; readonly entries: readonly Entry[] }
  /** What was added is not read back: perhaps it never gets there, though nothing has failed. */
  | { readonly type: 'unheard' }
  /** Nobody needs what stands before this: it may be forgotten, soon or later. Positions stay what they are. */
  | { readonly type: 'trim'; readonly before: number }

export type StreamEvent<Entry> =
  /**
   * Nothing more comes of this reading. What was read may stand there no more: whoever keeps the entries may have
   * been away, and have lost the last of them.
   */
  | { readonly type: 'stream-interrupted'; readonly reading: number }
  /** `position` is that of the first of them; they follow each other. Between events some may never be used. */
  | {
      readonly type: 'stream-entries'
      readonly reading: number
      readonly position: number
      readonly entries: readonly Entry[]
      /** What they take where they are kept, if that is known. */
      readonly bytes?: number
      /** What stood right before them is gone, and so perhaps entries that were to be read. */
      readonly missed?: boolean
    }
  /** Somebody wrote what this version cannot read; nothing after it can be trusted to be understood. */
  | {
      readonly type: 'stream-unreadable'
      readonly reading: number
      readonly position: number
      readonly reason: string
    }
