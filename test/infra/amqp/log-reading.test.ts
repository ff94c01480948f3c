import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import type { ConsumeMessage } from 'amqplib'
import type { LogEntry } from '../../../actors/protocol/log-entry.js'
import { LogReading, type ReadChannel } from '../../../infra/amqp/log-reading.js'
import { packEntry } from '../../../infra/entry-codec.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import type { StreamEvent } from '../../../runtime/stream.js'
import { beat } from '../stream-conformance.js'

type Hear = (message: ConsumeMessage | null) => void

interface Consumer {
  readonly consumerTag: string
  next: number
  credit: number
}

/** A channel to a stream, as RabbitMQ 3.10.8 has them. */
class StreamChannel {
  readonly consumers = new Map<string, Consumer>()
  handedOut = 0
  consumed = 0
  /** Entries that enough of the broker's members have. */
  committed = Number.POSITIVE_INFINITY
  /** Whether it fails before it says that it consumes. */
  isSilent = false
  /** Happens while the broker looks for where a new consumer begins. */
  looking: () => void = () => undefined
  private readonly unacknowledged: Consumer[] = []
  private readonly registered = new Map<string, Hear>()
  private credit = 0
  private answered: Promise<unknown> = Promise.resolve()

  constructor(private readonly entries: LogEntry[]) {}

  write(entry: LogEntry): void {
    this.entries.push(entry)
    for (const consumer of this.consumers.values()) this.handOut(consumer)
  }

  prefetch(credit: number): Promise<object> {
    return this.request(() => {
      this.credit = credit
      return {}
    })
  }

  registerConsumer(consumerTag: string, hear: Hear): void {
    this.registered.set(consumerTag, hear)
  }

  consume(_queue: string, _hear: Hear, { consumerTag, arguments: { 'x-stream-offset': from } }: {
    consumerTag: string; arguments: { 'x-stream-offset': number | 'last' }
  }): Promise<object> {
    return this.request(() => {
      this.consumed++
      const last = this.entries.length - 1
      this.looking()
      // For the last of nothing it looks a second time, for where the next one comes.
      const next = from !== 'last' ? from : last >= 0 ? last : this.entries.length
      const consumer = { consumerTag, next, credit: this.credit }
      this.consumers.set(consumerTag, consumer)
      // It may hand out before it answers.
      this.handOut(consumer)
      return this.isSilent ? new Promise<object>(() => undefined) : {}
    })
  }

  cancel(consumerTag: string): Promise<object> {
    return this.request(() => {
      this.consumers.delete(consumerTag)
      return {}
    })
  }

  /** One is answered after the other, each in a turn of its own. */
  private request(answer: () => object | Promise<object>): Promise<object> {
    const answered = this.answered.then(() => nextTurn()).then(answer)
    this.answered = answered
    return answered
  }

  ack({ fields: { deliveryTag } }: ConsumeMessage): void {
    for (let tag = 1; tag <= deliveryTag; tag++) {
      const consumer = this.unacknowledged[tag]
      if (!consumer) continue
      delete this.unacknowledged[tag]
      consumer.credit++
    }
    for (const consumer of this.consumers.values()) this.handOut(consumer)
  }

  private handOut(consumer: Consumer): void {
    const hear = this.registered.get(consumer.consumerTag)
    assert.ok(hear, `amqplib ends the connection: Unknown consumer: ${consumer.consumerTag}`)
    const end = Math.min(this.entries.length, this.committed)
    for (; consumer.credit > 0 && consumer.next < end; consumer.next++, consumer.credit--) {
      const content = Buffer.from(packEntry(this.entries[consumer.next] as LogEntry))
      const fields = { deliveryTag: ++this.handedOut, consumerTag: consumer.consumerTag }
      const properties = { headers: { 'x-stream-offset': consumer.next } }
      this.unacknowledged[fields.deliveryTag] = consumer
      hear({ content, fields, properties } as unknown as ConsumeMessage)
    }
  }
}

/** Reads a log of `length` entries. */
function readingOf(length: number) {
  const channel = new StreamChannel(Array.from({ length }, (_, number) => beat(number)))
  const events: StreamEvent<LogEntry>[] = []
  const reading = new LogReading('q', (_to, event) => events.push(event), (reason) => assert.fail(reason))
  const replyTo = refOf<StreamEvent<LogEntry>>(nodeAddress('master', 'reader', 'life1'), 'reader')
  let asked = 0
  return {
    channel, events, lose: () => reading.interrupt(),
    read(from: number | 'recent'): void {
      reading.read({ type: 'read', from, reading: ++asked, replyTo }, channel as unknown as ReadChannel)
    },
    positions: (): number[] => events.flatMap((event) => event.type === 'stream-entries' && event.reading === asked
      ? event.entries.map((_, index) => event.position + index) : []),
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}
/** After these nothing is under way any more. */
const ALL_TURNS = 50

test('the first entry is brought, although it is written while the broker looks for the end', async () => {
  const { channel, read, positions } = readingOf(0)
  channel.looking = () => {
    channel.looking = () => undefined
    channel.write(beat(0))
  }
  read('recent')
  await turns(ALL_TURNS)
  assert.deepEqual(positions(), [0])
})

test('what is recent of a long log is its end, and little else is handed out', async () => {
  const { channel, read, positions } = readingOf(100)
  read('recent')
  await turns(ALL_TURNS)
  channel.write(beat(100))
  await turns(ALL_TURNS)
  assert.deepEqual(positions(), [99, 100])
  assert.ok(channel.handedOut < 10, `${channel.handedOut} were handed out`)
  assert.equal(channel.consumed, 2)
})

test('a last entry that may not be handed out yet is waited for', async () => {
  const { channel, read, positions } = readingOf(3)
  channel.committed = 2
  read('recent')
  await turns(ALL_TURNS)
  assert.deepEqual([positions(), channel.consumers.size], [[], 1])
  assert.equal(channel.consumed, 3)
  channel.committed = 4
  channel.write(beat(3))
  await turns(ALL_TURNS)
  assert.deepEqual(positions(), [2, 3])
})

test('of an empty log all that comes is brought, however soon it comes', async () => {
  for (let passed = 10; passed < 20; passed++) {
    const { channel, read, positions } = readingOf(0)
    read('recent')
    await turns(passed)
    for (let number = 0; number < 3; number++) channel.write(beat(number))
    await turns(ALL_TURNS)
    assert.deepEqual([positions(), channel.consumers.size], [[0, 1, 2], 1], `written after ${passed} turns`)
  }
})

test('whenever another place is asked for, it is read from there, and once', async () => {
  for (let passed = 0; passed < 20; passed++) {
    const { channel, read, positions } = readingOf(5)
    read('recent')
    await turns(passed)
    read(2)
    await turns(ALL_TURNS)
    channel.write(beat(5))
    await turns(ALL_TURNS)
    assert.deepEqual([positions(), channel.consumers.size], [[2, 3, 4, 5], 1], `asked after ${passed} turns`)
  }
})

test('what is recent, asked for again and again, is read once', async () => {
  for (let passed = 0; passed < 20; passed++) {
    const { channel, read, positions } = readingOf(5)
    for (let time = 0; time < 3; time++) {
      read('recent')
      await turns(passed)
    }
    await turns(ALL_TURNS)
    assert.deepEqual([positions(), channel.consumers.size], [[4], 1], `asked every ${passed} turns`)
  }
})

test('a reading that has brought something ends with its channel, though nobody said that it had begun', async () => {
  const { channel, read, lose, events } = readingOf(1)
  channel.isSilent = true
  read(0)
  await turns(ALL_TURNS)
  lose()
  assert.deepEqual(events.map(({ type }) => type), ['stream-entries', 'stream-interrupted'])
})
