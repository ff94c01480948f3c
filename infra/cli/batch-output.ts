/**
 * Batch output: puts what many tasks wrote side by side into an order that people can read: each task's
 * output in one piece, in the order of their ends or of their inputs.
 *
 * One task, the head, is written straight through. What comes of the others meanwhile waits in memory,
 * and beyond a bound on disk, since a slow head may hold up thousands. Everything goes through one chain,
 * so that a reader who is slow slows down whoever brings more.
 */
import type { OutputPiece } from '../../actors/frameworks/batch-outputs.js'
import type { BatchResult } from '../../actors/frameworks/batch-work.js'
import { Spill } from './spill.js'

/** What may wait in memory, over all tasks. */
export const WAITING_BYTES_MAX = 33_554_432

/** Where an ordered stream of pieces goes. */
export interface Sheet {
  /** False when nobody reads any more. */
  write(piece: Pick<OutputPiece, 'stream' | 'data' | 'index'>): Promise<boolean>
  /** All of a task's pieces are written. */
  end(result: BatchResult): Promise<boolean>
}

export interface BatchOutput {
  /** Resolves once more of this task may come; false when nobody reads any more. */
  piece(piece: OutputPiece): Promise<boolean>
  ended(result: BatchResult): Promise<boolean>
  close(): Promise<void>
}

interface Section {
  readonly pieces: OutputPiece[]
  spill: Spill | undefined
  result: BatchResult | undefined
}

export class OrderedOutput implements BatchOutput {
  private readonly sections = new Map<number, Section>()
  private head: number | undefined
  private waitingBytes = 0
  private last: Promise<boolean> = Promise.resolve(true)

  constructor(private readonly sheet: Sheet, private readonly keepsOrder: boolean) {
    if (keepsOrder) this.head = 1
  }

  piece(piece: OutputPiece): Promise<boolean> {
    return this.chain(async () => {
      this.head ??= piece.index
      if (piece.index === this.head) return this.sheet.write(piece)
      const section = this.section(piece.index)
      if (section.spill || this.waitingBytes + piece.data.length > WAITING_BYTES_MAX) {
        section.spill ??= new Spill()
        await section.spill.write(piece)
      } else {
        this.waitingBytes += piece.data.length
        section.pieces.push(piece)
      }
      return true
    })
  }

  ended(result: BatchResult): Promise<boolean> {
    return this.chain(async () => {
      this.head ??= result.index
      this.section(result.index).result = result
      return this.advance()
    })
  }

  async close(): Promise<void> {
    await this.last.catch(() => false)
    for (const { spill } of this.sections.values()) await spill?.close()
    this.sections.clear()
  }

  /** Ends the head and all that have ended behind it, and begins with the next that has not. */
  private async advance(): Promise<boolean> {
    for (;;) {
      const section = this.head === undefined ? undefined : this.sections.get(this.head)
      if (!section || this.head === undefined) return true
      if (!(await this.empty(section))) return false
      if (!section.result) return true
      if (!(await this.sheet.end(section.result))) return false
      this.sections.delete(this.head)
      this.head = this.keepsOrder ? this.head + 1 : this.nextHead()
    }
  }

  /** One that has ended, if there is one: it needs no waiting for. */
  private nextHead(): number | undefined {
    for (const [index, { result }] of this.sections) if (result) return index
    return this.sections.keys().next().value
  }

  private async empty({ pieces, spill }: Section): Promise<boolean> {
    for (const piece of pieces.splice(0)) {
      this.waitingBytes -= piece.data.length
      if (!(await this.sheet.write(piece))) return false
    }
    for await (const piece of spill?.pieces() ?? []) if (!(await this.sheet.write(piece))) return false
    return true
  }

  private section(index: number): Section {
    const section = this.sections.get(index) ?? { pieces: [], spill: undefined, result: undefined }
    this.sections.set(index, section)
    return section
  }

  private chain(step: () => Promise<boolean>): Promise<boolean> {
    this.last = this.last.then((isRead) => (isRead ? step() : false))
    return this.last
  }
}
