import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'node:test'
import type { Channel } from 'amqplib'
import { TokenPublisher } from '../../../infra/amqp/token-publisher.js'

/** What a broker keeps of a channel's publishing: nothing but how often. */
class TokenChannel extends EventEmitter {
  published = 0
  isClosed = false

  publish(): boolean {
    if (this.isClosed) throw new Error('Channel closed')
    this.published++
    return true
  }

  close(): Promise<void> {
    this.isClosed = true
    this.emit('close')
    return Promise.resolve()
  }
}

function publisherOf(open = (channel: TokenChannel): Promise<TokenChannel> | undefined => Promise.resolve(channel)) {
  const channels: TokenChannel[] = []
  const unroutable: number[] = []
  const publisher = new TokenPublisher('c', () => {
    const channel = new TokenChannel()
    channels.push(channel)
    return open(channel) as unknown as Promise<Channel> | undefined
  }, () => unroutable.push(channels.length))
  const publish = async (): Promise<void> => {
    publisher.publish()
    await nextTurn()
  }
  return { publisher, channels, unroutable, publish, published: () => channels.map((channel) => channel.published) }
}

test('as long as its tokens come back, one channel is enough', async () => {
  const { publisher, publish, published } = publisherOf()
  for (let time = 0; time < 3; time++) {
    await publish()
    publisher.came()
  }
  assert.deepEqual(published(), [3])
})

test('a channel whose token did not come back is closed, and another has the next', async () => {
  const { publisher, channels, publish, published } = publisherOf()
  await publish()
  await publish()
  assert.deepEqual(published(), [2, 1], 'it may be merely late')
  assert.deepEqual(channels.map(({ isClosed }) => isClosed), [true, false])
  publisher.came()
  await publish()
  assert.deepEqual(published(), [2, 2])
})

test('a channel that the broker closes has a successor', async () => {
  const { publisher, channels, publish, published } = publisherOf()
  await publish()
  publisher.came()
  await channels[0]?.close()
  await publish()
  assert.deepEqual(published(), [1, 1])
})

test('while there is no connection, or a channel hangs or fails, nothing is published and nothing thrown', async () => {
  let open: (channel: TokenChannel) => Promise<TokenChannel> | undefined = () => undefined
  const { channels, publish, published } = publisherOf((channel) => open(channel))
  await publish()
  open = () => Promise.reject(new Error('Connection closed'))
  await publish()
  let answer: () => void = () => undefined
  open = (channel) => new Promise((resolve) => {
    answer = () => resolve(channel)
  })
  await publish()
  await publish()
  assert.equal(channels.length, 3, 'one that hangs is waited for')
  answer()
  await nextTurn()
  assert.deepEqual(published(), [0, 0, 1])
})

test('what was being opened when it was given up is closed, and what comes after does not wait for it', async () => {
  let answer: () => void = () => undefined
  let open = (channel: TokenChannel): Promise<TokenChannel> => new Promise((resolve) => {
    answer = () => resolve(channel)
  })
  const { publisher, channels, publish, published } = publisherOf((channel) => open(channel))
  await publish()
  publisher.giveUp()
  open = (channel) => Promise.resolve(channel)
  await publish()
  answer()
  await nextTurn()
  assert.deepEqual(published(), [0, 1])
  assert.deepEqual(channels.map(({ isClosed }) => isClosed), [true, false])
})

test('a token that no queue takes is told of', async () => {
  const { channels, unroutable, publish } = publisherOf()
  await publish()
  channels[0]?.emit('return')
  assert.deepEqual(unroutable, [1])
})
