/**
 * Flood: tells a slow actor of its own node far more than its mailbox takes, and accounts for all of it.
 */
import type { Actor } from '../../../runtime/actor.js'
import { nodeAddress } from '../../../runtime/address.js'
import { silent } from '../../../runtime/logger.js'
import { nactTurns } from '../../../runtime/nact.js'
import { System } from '../../../runtime/system.js'
import { systemClock } from '../../clock.js'
import { systemRandom } from '../../random.js'
import { benchRegistry } from './bench-protocol.js'
import { play } from './play.js'

const WORK_MS = 0.01

interface Drop {
  readonly type: 'drop'
  readonly number: number
}

export interface Tally {
  /** By how much the process has grown at the height of the flood. */
  readonly grownBytes: number
  readonly handled: number
  readonly shed: number
}

const system = new System(nodeAddress('agent', 'flood', 'life1'), {
  turns: nactTurns('flood'), clock: systemClock, random: systemRandom, logger: silent, registry: benchRegistry,
  collapsed: (_, error) => { throw error },
})
let idle: () => void = () => undefined

/** Knows the number of what it has handled; tells when nothing is left of the flood. */
const slow: Actor<number, Drop | { readonly type: 'last' }> = {
  initial: () => 0,
  receive(handled, message) {
    if (message.type === 'last') idle()
    for (const until = performance.now() + WORK_MS; performance.now() < until;);
    return handled + 1
  },
}
const target = system.spawn('slow', slow)
const handledBy = () => system.vitals().find(({ address }) => address === target)?.processed ?? 0

play({
  async flood(count: number): Promise<Tally> {
    const [rss, handled, shed] = [process.memoryUsage.rss(), handledBy(), system.deadLetters.count('mailbox-full')]
    for (let number = 0; number < count; number++) system.tell(target, { type: 'drop', number })
    const grownBytes = process.memoryUsage.rss() - rss
    await emptied()
    return {
      grownBytes, shed: system.deadLetters.count('mailbox-full') - shed, handled: handledBy() - handled - 1,
    }
  },
})

/** Resolves once the actor has handled all that waited when this was called. */
async function emptied(): Promise<void> {
  // A full mailbox would refuse the last message too, so first there has to be room again.
  while ((system.vitals()[0]?.mailbox ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 1))
  await new Promise<void>((resolve) => {
    idle = resolve
    system.tell(target, { type: 'last' })
  })
}
