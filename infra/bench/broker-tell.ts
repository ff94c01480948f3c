/**
 * Broker tell: how many messages of 256 bytes a second one process passes to another over RabbitMQ.
 *
 * One by one, Warren is held against amqplib alone; as users get it, in batches, against amqplib one by
 * one and against two frameworks that offer messaging over RabbitMQ.
 */
import { ensurePeers } from './peers.js'
import { type Player, withPlayers } from './players.js'
import { contest, type Goal, type Row } from './rounds.js'

interface Contestant {
  /** A module of `programs/`. */
  readonly program: string
  /** How many messages make a round of a second or two. */
  readonly count: number
  readonly batching?: boolean
}

const ONE_BY_ONE: Contestant = { program: 'tell-warren', count: 40_000, batching: false }
const BATCHED: Contestant = { program: 'tell-warren', count: 300_000, batching: true }
const RAW: Contestant = { program: 'tell-raw', count: 50_000 }
const MOLECULER: Contestant = { program: 'tell-moleculer', count: 15_000 }
const NEST: Contestant = { program: 'tell-nest', count: 10_000 }

const ROW = 'tell over RabbitMQ, 256-byte body'

export async function* brokerTell(url: string, progress: (text: string) => void): AsyncGenerator<Row> {
  const held = (row: string, peer: string, subject: Contestant, rival: Contestant, goal: Goal) =>
    between(url, subject, rival, (subjectRound, rivalRound) => contest({
      bench: 'runtime', row: `${ROW}, ${row}`, unit: 'messages/s', peer, goal, progress,
      subject: subjectRound, rival: rivalRound,
    }))
  yield held('one by one', 'amqplib', ONE_BY_ONE, RAW, { atLeast: 0.9 })
  yield held('batched', 'amqplib one by one', BATCHED, RAW, { atLeast: 4 })
  await ensurePeers(progress)
  yield held('batched', 'Moleculer', BATCHED, MOLECULER, { atLeast: 5 })
  yield held('batched', 'NestJS', BATCHED, NEST, { atLeast: 5 })
}

type Round = () => Promise<number>

function between(
  url: string, subject: Contestant, rival: Contestant, measure: (subject: Round, rival: Round) => Promise<Row>,
): Promise<Row> {
  const programs = [subject.program, subject.program, rival.program, rival.program]
  return withPlayers(programs, async ([a, b, c, d]) => measure(
    await rounds(url, subject, a as Player, b as Player), await rounds(url, rival, c as Player, d as Player),
  ))
}

/** Connects a pair of players, and answers what plays a round: messages a second. */
async function rounds(url: string, { count, batching }: Contestant, receiver: Player, sender: Player): Promise<Round> {
  const to = await receiver.call<unknown>('listen', { url, batching })
  await sender.call('connect', { url, to, batching })
  return async () => {
    await receiver.call('arm', count)
    const [beganMs, endedMs] = await Promise.all([sender.call<number>('send', count), receiver.call<number>('ended')])
    return count * 1_000 / (endedMs - beganMs)
  }
}
