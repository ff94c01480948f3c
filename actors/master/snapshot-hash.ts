/**
 * Snapshot hash: tells whether two masters know the same, record by record and in the same order. Over what a
 * record is packed to, since that is the same whoever made the record. Not made to withstand an enemy. Pure.
 */
import { recordShape } from '../protocol/log-entry.js'
import { keptRecord, type SnapshotRecord } from '../protocol/log-snapshot.js'
import { isKept } from './snapshot.js'

/** Primes, and what a value begins with, so that no two sequences of values read alike. */
const [FIRST_PRIME, SECOND_PRIME] = [2_654_435_761, 1_597_334_677]
const TAG = { nothing: 1, no: 2, yes: 3, number: 4, text: 5, bytes: 6, list: 7 } as const
const WORD = 4_294_967_296

export class SnapshotHash {
  private first = 0xdeadbeef
  private second = 0x41c6ce57

  /** @returns about how many characters the record has */
  add(record: SnapshotRecord): number {
    return this.walk(isKept(record) ? keptRecord.pack(record) : recordShape.pack(record))
  }

  get digest(): string {
    return [this.first, this.second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  private walk(value: unknown): number {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number') return this.number(value)
    if (Array.isArray(value)) {
      this.mix(TAG.list, value.length)
      let size = 1
      for (const item of value) size += this.walk(item)
      return size
    }
    if (value instanceof Uint8Array) {
      this.mix(TAG.bytes, value.length)
      for (const byte of value) this.mixOne(byte)
      return value.length
    }
    this.mixOne(value === true ? TAG.yes : value === false ? TAG.no : TAG.nothing)
    return 1
  }

  private text(value: string): number {
    this.mix(TAG.text, value.length)
    for (let index = 0; index < value.length; index++) this.mixOne(value.charCodeAt(index))
    return value.length
  }

  private number(value: number): number {
    this.mixOne(TAG.number)
    if (Number.isSafeInteger(value)) this.mix(value % WORD, Math.floor(value / WORD))
    else this.text(String(value))
    return 5
  }

  private mix(one: number, other: number): void {
    this.mixOne(one)
    this.mixOne(other)
  }

  private mixOne(value: number): void {
    this.first = Math.imul(this.first ^ value, FIRST_PRIME)
    this.first ^= this.first >>> 15
    this.second = Math.imul(this.second ^ value, SECOND_PRIME)
    this.second ^= this.second >>> 13
  }
}
