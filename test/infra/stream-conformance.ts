/** Stream conformance: what masters rely on of their shared log, whichever twin of it they use. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { LogEntry } from '../../actors/protocol/log-entry.js'
import { nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import type { StreamEvent, StreamRequest } from '../../runtime/stream.js'

export type Handle = (request: StreamRequest<LogEntry>) => void
export type Tell = (to: Ref<StreamEvent<LogEntry>>, event: StreamEvent<LogEntry>) => void
/** Opens one more way to a log, which is named so that tests do not share theirs. */
export type OpenStream = (t: TestContext, log: string, tell: Tell) => Promise<Handle>

const LIMIT = { timeout: 60_000 }
const NODE = nodeAddress('master', 'reader', 'life1')
export const beat = (number: number): LogEntry => ({ type: 'log-beat', epoch: number, nonce: 'n' })

/** Reads a log, and lets a test wait for what comes. */
export class LogReader {
  readonly entries: LogEntry[] = []
  readonly positions: number[] = []
  readonly events: StreamEvent<LogEntry>[] = []
  private handle: Handle = () => undefined
  private reading = 0
  private waiting: (() => void)[] = []

  static async of(t: TestContext, log: string, open: OpenStream): Promise<LogReader> {
    const reader = new LogReader()
    reader.handle = await open(t, log, (_to, event) => reader.take(event))
    return reader
  }

  read(from: number | 'recent'): void {
    this.entries.length = 0
    this.positions.length = 0
    this.reading++
    this.handle({ type: 'read', from, reading: this.reading, replyTo: refOf(NODE, 'reader') })
  }

  trim(before: number): void {
    this.handle({ type: 'trim', before })
  }

  unheard(): void {
    this.handle({ type: 'unheard' })
  }

  add(...entries: readonly LogEntry[]): void {
    this.handle({ type: 'add', entries })
  }

  async until(condition: (reader: LogReader) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  get isInterrupted(): boolean {
    return this.events.some(({ type, reading }) => type === 'stream-interrupted' && reading === this.reading)
  }

  private take(event: StreamEvent<LogEntry>): void {
    this.events.push(event)
    if (event.type === 'stream-entries' && event.reading === this.reading) {
      event.entries.forEach((entry, index) => {
        this.entries.push(entry)
        this.positions.push(event.position + index)
      })
    }
    for (const wake of this.waiting.splice(0)) wake()
  }
}

export function streamConformance(open: OpenStream): void {
  readingConformance(open)
  endsConformance(open)
}

function readingConformance(open: OpenStream): void {
  test('who says that nothing comes of what it adds is heard again, if need be by another way', LIMIT, async (t) => {
    const [one, two] = [await LogReader.of(t, 'unheard', open), await LogReader.of(t, 'unheard', open)]
    for (const reader of [one, two]) reader.read(0)
    one.add(beat(0))
    await two.until(({ entries }) => entries.length === 1)
    one.unheard()
    // What is added before there is another way is lost.
    for (let number = 1; two.entries.length === 1; number++) {
      one.add(beat(number))
      await new Promise(setImmediate)
    }
    await one.until(({ entries }) => entries.length > 1)
    assert.deepEqual(one.entries.slice(0, 2), two.entries.slice(0, 2))
  })
  test('all that is added is read by all, in one order, with its positions from 0 on', LIMIT, async (t) => {
    const [one, two] = [await LogReader.of(t, 'shared', open), await LogReader.of(t, 'shared', open)]
    for (const reader of [one, two]) reader.read(0)
    for (let number = 0; number < 500; number++) (number % 2 === 0 ? one : two).add(beat(number))
    for (const reader of [one, two]) await reader.until(({ entries }) => entries.length === 500)
    assert.deepEqual(one.entries, two.entries)
    assert.deepEqual(one.positions, Array.from({ length: 500 }, (_, position) => position))
    const epochs = one.entries.map((entry) => ('epoch' in entry ? entry.epoch : -1))
    for (const parity of [0, 1]) {
      const own = epochs.filter((epoch) => epoch % 2 === parity)
      assert.deepEqual(own, [...own].sort((a, b) => a - b), 'what one writes keeps its order')
    }
  })

  test('who comes later reads what was there before, from where they say', LIMIT, async (t) => {
    const writer = await LogReader.of(t, 'later', open)
    writer.add(...Array.from({ length: 50 }, (_, number) => beat(number)))
    const late = await LogReader.of(t, 'later', open)
    late.read(0)
    await late.until(({ entries }) => entries.length === 50)
    late.read(47)
    writer.add(beat(50))
    await late.until(({ entries }) => entries.length === 4)
    assert.deepEqual([late.positions, late.entries], [[47, 48, 49, 50], [47, 48, 49, 50].map(beat)])
  })

  test('reading from beyond the end waits for what comes', LIMIT, async (t) => {
    const reader = await LogReader.of(t, 'ahead', open)
    reader.add(beat(0))
    reader.read(0)
    await reader.until(({ entries }) => entries.length === 1)
    reader.read(1)
    reader.add(beat(1))
    await reader.until(({ entries }) => entries.length === 1)
    assert.deepEqual([reader.positions, reader.entries], [[1], [beat(1)]])
  })

  test('reading again ends what was read before: nothing comes under its number any more', LIMIT, async (t) => {
    const reader = await LogReader.of(t, 'again', open)
    for (let round = 0; round < 5; round++) {
      reader.read(0)
      reader.add(beat(round))
      await reader.until(({ entries }) => entries.length === round + 1)
    }
    assert.deepEqual(reader.entries, [0, 1, 2, 3, 4].map(beat))
    const numbers = reader.events.map(({ reading }) => reading)
    assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b))
  })
}

/** What stands near the end, and what no longer stands at the beginning. */
function endsConformance(open: OpenStream): void {
  test('reading what is recent brings what stands near the end, and then what comes', LIMIT, async (t) => {
    const writer = await LogReader.of(t, 'recent', open)
    writer.read(0)
    writer.add(...Array.from({ length: 100 }, (_, number) => beat(number)))
    await writer.until(({ entries }) => entries.length === 100)
    const late = await LogReader.of(t, 'recent', open)
    late.read('recent')
    await late.until(({ positions }) => positions.at(-1) === 99)
    writer.add(beat(100))
    await late.until(({ positions }) => positions.at(-1) === 100)
    const [first = -1] = late.positions
    assert.deepEqual(late.positions, Array.from({ length: 101 - first }, (_, index) => first + index))
    assert.deepEqual(late.entries, late.positions.map(beat))
    late.read(0)
    await late.until(({ entries }) => entries.length === 101)
  })

  test('of an empty stream, what is recent is what comes', LIMIT, async (t) => {
    const reader = await LogReader.of(t, 'nothing', open)
    reader.read('recent')
    reader.add(beat(0))
    await reader.until(({ entries }) => entries.length === 1)
    assert.deepEqual(reader.positions, [0])
  })

  test('what nobody needs may be forgotten: the rest keeps its positions, and is read to its end', LIMIT, async (t) => {
    const writer = await LogReader.of(t, 'trimmed', open)
    writer.read(0)
    writer.add(...Array.from({ length: 60 }, (_, number) => beat(number)))
    await writer.until(({ entries }) => entries.length === 60)
    writer.trim(40)
    writer.add(beat(60))
    await writer.until(({ entries }) => entries.length === 61)
    assert.deepEqual(writer.positions, writer.positions.map((_, index) => index), 'who reads on misses nothing')
    for (const from of [0, 40, 55]) {
      const late = await LogReader.of(t, 'trimmed', open)
      late.read(from)
      await late.until(({ positions }) => positions.at(-1) === 60)
      const [first = -1] = late.positions
      assert.ok(first <= Math.max(40, from))
      assert.deepEqual(late.entries, late.positions.map(beat))
    }
  })
}
