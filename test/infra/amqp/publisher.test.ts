import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import type { ConfirmChannel } from 'amqplib'
import {
  OUTBOX_BYTES_MAX, PARCEL_BYTES, Publisher, UNCONFIRMED_BYTES_MAX, type Parcel,
} from '../../../infra/amqp/publisher.js'
import { nodeAddress } from '../../../runtime/address.js'

const to = nodeAddress('agent', 'a', '1')

/** A channel whose broker is the test. */
class Channel extends EventEmitter {
  readonly written: number[] = []
  readonly settle: ((error: unknown) => void)[] = []
  isFull = false

  publish(_exchange: string, _key: string, content: Buffer, _: object, settled: (error: unknown) => void): boolean {
    this.written.push(content[0] ?? -1)
    this.settle.push(settled)
    return !this.isFull
  }
}

function publishing() {
  const channel = new Channel()
  const refused: Parcel[] = []
  const publisher = new Publisher(channel as unknown as ConfirmChannel, {
    returned: () => undefined, refused: (parcel) => refused.push(parcel),
  })
  const publish = (first: number, bytes = 1) => {
    const frame = new Uint8Array(bytes)
    frame[0] = first
    return publisher.publish({ to, exchange: 'x', key: 'k', frame, numbered: {}, mandatory: true })
  }
  const firsts = (parcels: readonly Parcel[]) => parcels.map(({ frame }) => frame[0])
  return { channel, publisher, publish, refused, firsts }
}

test('a full channel is not given more until it has drained, and order is kept', () => {
  const { channel, publisher, publish } = publishing()
  channel.isFull = true
  for (let i = 0; i < 5; i++) assert.equal(publish(i), true)
  assert.deepEqual([channel.written, publisher.waitingBytes], [[0], 4 * (1 + PARCEL_BYTES)])
  channel.emit('drain')
  assert.deepEqual(channel.written, [0, 1], 'it is full again')
  channel.isFull = false
  channel.emit('drain')
  assert.deepEqual([channel.written, publisher.waitingBytes], [[0, 1, 2, 3, 4], 0])
})

test('a broker that does not confirm is not given more than the limit, until it does', () => {
  const { channel, publisher, publish } = publishing()
  publish(1, UNCONFIRMED_BYTES_MAX)
  publish(2)
  assert.deepEqual([channel.written, publisher.unconfirmedBytes], [[1], UNCONFIRMED_BYTES_MAX + PARCEL_BYTES])
  channel.settle[0]?.(null)
  assert.deepEqual([channel.written, publisher.unconfirmedBytes], [[1, 2], 1 + PARCEL_BYTES])
})

test('what waits is bounded by bytes, and small frames count for what they cost', () => {
  const { channel, publisher, publish } = publishing()
  channel.isFull = true
  publish(0)
  let taken = 0
  while (publish(1)) taken++
  assert.equal(taken, Math.floor(OUTBOX_BYTES_MAX / (1 + PARCEL_BYTES)))
  assert.ok(publisher.waitingBytes <= OUTBOX_BYTES_MAX)
})

test('what is left in the end is told apart: never sent, and not known to have arrived', () => {
  const { channel, publisher, publish, firsts } = publishing()
  publish(1)
  publish(2)
  channel.settle[0]?.(null)
  channel.isFull = true
  publish(3)
  publish(4)
  const { unsent, unconfirmed } = publisher.takeRemainder()
  assert.deepEqual([firsts(unsent), firsts(unconfirmed)], [[4], [2, 3]])
  assert.deepEqual([publisher.waitingBytes, publisher.unconfirmedBytes], [0, 0])
})

test('what the broker refuses, or a channel had when it closed, is told once', () => {
  const { channel, publisher, publish, refused, firsts } = publishing()
  publish(1)
  publish(2)
  channel.settle[0]?.(new Error('message nacked'))
  assert.deepEqual(firsts(refused), [1])
  assert.deepEqual(firsts(publisher.takeRemainder().unconfirmed), [2])
  channel.settle[1]?.(new Error('channel closed'))
  assert.deepEqual(firsts(refused), [1])
})

test('it is empty when the broker has confirmed all', async () => {
  const { channel, publisher, publish } = publishing()
  await publisher.emptied()
  publish(1)
  let isEmpty = false
  const emptied = publisher.emptied().then(() => { isEmpty = true })
  await new Promise(setImmediate)
  assert.equal(isEmpty, false)
  channel.settle[0]?.(null)
  await emptied
})
