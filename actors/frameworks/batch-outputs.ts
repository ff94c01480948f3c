/**
 * Batch outputs: reads what ended tasks have written, a few tasks at a time. Each task's end counts as
 * known only when its output has been read and dealt with, and is acknowledged then; so nobody forgets a
 * task whose output is still wanted, and a slow reader slows down the batch and fills no memory.
 */
import type { Ref } from '../../runtime/address.js'
import type { TaskOutput } from '../protocol/task.js'
import type { FrameworkContext, FrameworkEvent } from '../scheduler/framework.js'
import { Backlog, type EndedAttempt } from './batch-work.js'
import { OutputReading, STREAMS, taskOf, type StreamName } from './output-reading.js'

/** Tasks whose output is read at the same time. */
export const READINGS_MAX = 32
/** Ended tasks whose output waits to be read or written; with more, nothing new is launched. */
export const UNREAD_MAX = 1_000
export const ANSWER_TIMEOUT_MS = 5_000
const ANSWER_TRIES_MAX = 3
const TIMER = 'batch-outputs'

/** Answered by `written` with the same task and stream. */
export interface OutputPiece {
  readonly type: 'output'
  readonly index: number
  readonly taskId: string
  readonly stream: StreamName
  readonly data: Uint8Array
}

interface Entry {
  readonly ended: EndedAttempt
  readonly reading: OutputReading
  /** Pieces that have been passed on, and not yet been dealt with. */
  unwritten: number
  askedMs: number
  tries: number
  problem: string | undefined
}

type Conclude = (ended: EndedAttempt, problem: string | undefined, ctx: FrameworkContext) => void

export class BatchOutputs {
  private readonly entries = new Map<string, Entry>()
  private readonly unread = new Backlog<EndedAttempt>()
  private isTimed = false

  constructor(private readonly user: Ref<OutputPiece>, private readonly conclude: Conclude) {}

  get size(): number {
    return this.entries.size + this.unread.size
  }

  get isFull(): boolean {
    return this.size >= UNREAD_MAX
  }

  add(ended: EndedAttempt, ctx: FrameworkContext): void {
    if (ended.update.output) return this.pass(ended, ended.update.output, ctx)
    this.unread.put(ended)
    this.begin(ctx)
  }

  take(event: Extract<FrameworkEvent<never>, { type: 'output' }>, ctx: FrameworkContext): void {
    const entry = this.entries.get(taskOf(event))
    const piece = entry?.reading.take(event, ctx)
    if (!entry || !piece) return
    const { stream, data, problem } = piece
    entry.tries = 0
    if (problem !== undefined) {
      entry.problem = problem
      entry.reading.giveUp(stream)
    } else if (data.length > 0) {
      const { item, taskId } = entry.ended.attempt
      entry.unwritten++
      ctx.tell(this.user, { type: 'output', index: item.index, taskId, stream, data })
    }
    this.check(entry, ctx)
  }

  written(taskId: string, stream: StreamName, ctx: FrameworkContext): void {
    const entry = this.entries.get(taskId)
    if (!entry) return
    entry.unwritten--
    entry.askedMs = ctx.now()
    entry.reading.next(stream, ctx)
    this.check(entry, ctx)
  }

  /** Questions and answers may be lost; an agent that stays silent has nothing to tell any more. */
  timer(name: string, ctx: FrameworkContext): void {
    if (name !== TIMER) return
    this.isTimed = this.entries.size > 0
    if (!this.isTimed) return
    ctx.after(TIMER, ANSWER_TIMEOUT_MS)
    for (const entry of [...this.entries.values()]) {
      if (!entry.reading.isAsking || ctx.now() - entry.askedMs < ANSWER_TIMEOUT_MS) continue
      entry.askedMs = ctx.now()
      if (++entry.tries < ANSWER_TRIES_MAX) {
        entry.reading.repeat(ctx)
        continue
      }
      entry.problem = 'its agent does not answer'
      entry.reading.giveUp('stdout')
      entry.reading.giveUp('stderr')
      this.check(entry, ctx)
    }
  }

  /** It came with the task's end. */
  private pass(ended: EndedAttempt, output: TaskOutput, ctx: FrameworkContext): void {
    const { item, taskId } = ended.attempt
    const reading = new OutputReading(taskId)
    const entry = this.enter(ended, reading, ctx)
    for (const stream of STREAMS) {
      reading.giveUp(stream)
      if (output[stream].length === 0) continue
      entry.unwritten++
      ctx.tell(this.user, { type: 'output', index: item.index, taskId, stream, data: output[stream] })
    }
    this.check(entry, ctx)
  }

  private begin(ctx: FrameworkContext): void {
    while (this.entries.size < READINGS_MAX) {
      const ended = this.unread.take()
      if (!ended) return
      const { taskId } = ended.attempt
      const reading = new OutputReading(taskId)
      if (!this.isTimed) ctx.after(TIMER, ANSWER_TIMEOUT_MS)
      this.isTimed = true
      this.enter(ended, reading, ctx)
      reading.begin(ctx)
    }
  }

  private enter(ended: EndedAttempt, reading: OutputReading, ctx: FrameworkContext): Entry {
    const entry: Entry = { ended, reading, unwritten: 0, askedMs: ctx.now(), tries: 0, problem: undefined }
    this.entries.set(ended.attempt.taskId, entry)
    return entry
  }

  private check(entry: Entry, ctx: FrameworkContext): void {
    if (!entry.reading.ended || entry.unwritten > 0) return
    if (!this.entries.delete(entry.ended.attempt.taskId)) return
    ctx.acknowledge(entry.ended.update)
    this.conclude(entry.ended, entry.problem, ctx)
    this.begin(ctx)
  }
}
