/**
 * Flood memory: how much a node grows while an actor is told a million messages faster than it handles
 * them, against the bound that its mailbox sets. What has no room must be shed, and counted.
 */
import { MAILBOX } from '../../runtime/mailbox.js'
import { withPlayers, type Player } from './players.js'
import type { Tally } from './programs/flood.js'
import { contest, type Row } from './rounds.js'

const FLOOD = 1_000_000
/** What a small message may take while it waits, with everything that the kernel knows of it. */
const MESSAGE_BYTES_MAX = 1_024
const MEBIBYTE = 1_048_576

export async function floodMemory(progress: (text: string) => void): Promise<Row[]> {
  const bound = MAILBOX.messagesMax * MESSAGE_BYTES_MAX / MEBIBYTE
  // A process of its own for each round: one that has grown before does not show what it takes.
  const flood = () => withPlayers(['flood'], async ([player]) => {
    const { grownBytes, handled, shed } = await (player as Player).call<Tally>('flood', FLOOD)
    if (handled + shed !== FLOOD || handled !== MAILBOX.messagesMax) {
      throw new Error(`of ${FLOOD} messages ${handled} were handled and ${shed} shed`)
    }
    return grownBytes / MEBIBYTE
  })
  return [await contest({
    bench: 'runtime', row: `memory taken by a flood of ${FLOOD} messages to a slow actor`, unit: 'MiB',
    peer: `its bound, ${MAILBOX.messagesMax} messages`, goal: { atMost: 1 }, progress,
    subject: flood, rival: async () => bound,
  })]
}
