/**
 * Pieces: something that grows at an agent, read piece by piece and, when it is followed, as it grows.
 * Whoever hangs up is not waited for: the question under way is left to itself.
 */
import { FOLLOW_WAIT_MS } from '../../actors/protocol/machine.js'
import type { OperatorRead } from '../../actors/protocol/look.js'
import type { Refusal } from './refusal.js'

/** Less than an agent gives at most, so that a short answer means that there is no more. */
export const PIECE_BYTES = 65_536
export const READ_TIMEOUT_MS = 10_000
/** An agent answers a follower every `FOLLOW_WAIT_MS` at least; after this long it has restarted, or gone. */
const FOLLOW_TIMEOUT_MS = FOLLOW_WAIT_MS + READ_TIMEOUT_MS

export interface PieceWish {
  readonly offset: number
  readonly bytesMax: number
  readonly follow: boolean
}

export interface Source {
  /** Undefined when nobody answered in time. */
  readonly read: (wish: PieceWish, timeoutMs: number) => Promise<OperatorRead | undefined>
  /** What to throw for what cannot be read. */
  readonly refusal: (problem: string, answer?: OperatorRead) => Refusal
  readonly offset: number
  /** All unless given. */
  readonly bytesMax?: number
  readonly follow: boolean
  /** It may be written anew: then it is read from its beginning. */
  readonly mayShrink?: boolean
  /** Aborted when nobody listens any more. */
  readonly hungUp: AbortSignal
}

export interface Part {
  readonly offset: number
  readonly data: Uint8Array
}

/** Its first piece is read without waiting, and may be empty. Throws a `Refusal`, also midway. */
export async function* piecesOf(source: Source): AsyncGenerator<Part> {
  const { read, refusal, hungUp } = source
  let { offset, bytesMax: left = Infinity } = source
  let [isFirst, follow] = [true, false]
  while (!hungUp.aborted && left > 0) {
    const wanted = Math.min(PIECE_BYTES, left)
    const timeoutMs = follow ? FOLLOW_TIMEOUT_MS : READ_TIMEOUT_MS
    const answer = await unlessAborted(read({ offset, bytesMax: wanted, follow }, timeoutMs), hungUp)
    if (hungUp.aborted) return
    if (answer?.problem !== undefined) throw refusal(answer.problem, answer)
    if (answer === undefined && !follow) throw refusal('its agent does not answer')
    const { data = new Uint8Array(), size = offset, end = false } = answer ?? {}
    yield { offset, data }
    offset += data.length
    left -= data.length
    if (source.mayShrink && size < offset) offset = isFirst ? size : 0
    if (end || (!source.follow && data.length < wanted)) return
    follow = source.follow && data.length < wanted
    isFirst = false
  }
}

/** Leaves nothing behind on a signal that outlives the promise. */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const abort = () => resolve(undefined)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
