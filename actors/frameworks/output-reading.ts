/**
 * Output reading: fetches what one task has written, both streams side by side, piece by piece. The next
 * piece is asked for once the last has been dealt with, so whoever reads slowly is never flooded.
 */
import type { FrameworkContext, FrameworkEvent } from '../scheduler/framework.js'

export type StreamName = 'stdout' | 'stderr'
export const STREAMS: readonly StreamName[] = ['stdout', 'stderr']

/** As much as an agent puts into one answer. */
const PIECE_BYTES_MAX = 262_144

export interface Piece {
  readonly stream: StreamName
  /** Empty only at the end, or beside a problem. */
  readonly data: Uint8Array
  /** Why the stream cannot be read now. It may be asked for again. */
  readonly problem?: string
}

interface Position {
  offset: number
  /** The request that is under way. */
  request: string | undefined
  ended: boolean
}

type Answer = Extract<FrameworkEvent<never>, { type: 'output' }>

export class OutputReading {
  private readonly positions: Readonly<Record<StreamName, Position>> = {
    stdout: { offset: 0, request: undefined, ended: false },
    stderr: { offset: 0, request: undefined, ended: false },
  }
  private requests = 0

  constructor(readonly taskId: string) {}

  /** Both streams have been read, or given up. */
  get ended(): boolean {
    return STREAMS.every((stream) => this.positions[stream].ended)
  }

  /** Some answer has not come yet. */
  get isAsking(): boolean {
    return STREAMS.some((stream) => this.positions[stream].request !== undefined)
  }

  begin(ctx: FrameworkContext): void {
    for (const stream of STREAMS) this.next(stream, ctx)
  }

  /** The piece that an answer brings; undefined when nobody asks for it any more, or there is none yet. */
  take({ requestId, data, end, problem }: Answer, ctx: FrameworkContext): Piece | undefined {
    const stream = STREAMS.find((each) => this.positions[each].request === requestId)
    if (stream === undefined) return undefined
    const position = this.positions[stream]
    position.request = undefined
    if (problem !== undefined) return { stream, data, problem }
    position.offset += data.length
    position.ended = end
    // A quiet task: the agent lets nobody wait for ever, so that those who left are forgotten.
    if (data.length === 0 && !end) return this.ask(stream, position, ctx)
    return { stream, data }
  }

  /** Asks for what follows, unless nothing does. */
  next(stream: StreamName, ctx: FrameworkContext): void {
    const position = this.positions[stream]
    if (position.ended || position.request !== undefined) return
    this.ask(stream, position, ctx)
  }

  /** Asks again for what has not been answered; a late answer to the first request is not taken. */
  repeat(ctx: FrameworkContext): void {
    for (const stream of STREAMS) {
      const position = this.positions[stream]
      if (position.request !== undefined) this.ask(stream, position, ctx)
    }
  }

  /** The rest of it is of no interest, or cannot be had. */
  giveUp(stream: StreamName): void {
    this.positions[stream].request = undefined
    this.positions[stream].ended = true
  }

  private ask(stream: StreamName, position: Position, ctx: FrameworkContext): undefined {
    position.request = `${this.taskId}:${stream}:${++this.requests}`
    ctx.read({
      requestId: position.request, taskId: this.taskId, stream, offset: position.offset,
      bytesMax: PIECE_BYTES_MAX, follow: true,
    })
  }
}

/** Which task an answer is about. */
export const taskOf = ({ requestId }: Answer): string => requestId.slice(0, requestId.indexOf(':'))
