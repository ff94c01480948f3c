/**
 * Broker ask: how long an answer takes over RabbitMQ while a thousand questions a second are asked, whatever
 * becomes of the earlier ones. Measured from the moment at which each was due.
 */
import type { Schedule } from './open-loop.js'
import { withPlayers, type Player } from './players.js'
import { quantile } from './quantiles.js'
import { contestOfMany, type Row } from './rounds.js'

const SCHEDULE: Schedule = { count: 2_000, perSecond: 1_000 }
const PARTS = [0.5, 0.99]
const GOAL = { atMost: 1.25 }

export async function brokerAsk(url: string, progress: (text: string) => void): Promise<Row[]> {
  return withPlayers(['ask-warren', 'ask-warren', 'ask-raw', 'ask-raw'], async ([a, b, c, d]) => contestOfMany({
    namings: PARTS.map((part) => ({
      bench: 'runtime', row: `ask over RabbitMQ, ${SCHEDULE.perSecond} a second, p${part * 100}`, unit: 'ms',
      peer: 'amqplib', goal: GOAL,
    })),
    subject: await rounds(url, a as Player, b as Player),
    rival: await rounds(url, c as Player, d as Player),
    progress,
  }))
}

/** Connects a pair of players, and answers what plays a round: the quantiles of the latencies. */
async function rounds(url: string, answers: Player, asks: Player): Promise<() => Promise<readonly number[]>> {
  const to = await answers.call<unknown>('listen', { url })
  await asks.call('connect', { url, to })
  return async () => {
    const latencies = await asks.call<readonly number[]>('ask', SCHEDULE)
    return PARTS.map((part) => quantile(latencies, part))
  }
}
