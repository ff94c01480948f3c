/**
 * Flooded: one actor of a node tells another as fast as it can; how many messages are handled in a second of
 * the processor's time, which others on the machine disturb less than a second of the clock's.
 */
import { registry } from '../../actors/protocol/registry.js'
import type { Actor } from '../../runtime/actor.js'
import { nodeAddress } from '../../runtime/address.js'
import type { HopRecorder } from '../../runtime/hop.js'
import { silent } from '../../runtime/logger.js'
import { nactTurns } from '../../runtime/nact.js'
import { System } from '../../runtime/system.js'
import { systemClock } from '../clock.js'
import { systemRandom } from '../random.js'

const MESSAGES = 100_000
/** Told in one turn of the sender. */
const BURST = 1_000

export interface FloodOptions {
  readonly traces?: HopRecorder
}

export async function flooded({ traces }: FloodOptions = {}): Promise<number> {
  const system = new System(nodeAddress('agent', 'bench', 'b1'), {
    turns: nactTurns(`bench-${Math.random()}`), clock: systemClock, random: systemRandom, logger: silent, registry,
    ...(traces ? { traces } : {}), collapsed: (_, error) => { throw error },
  })
  const began = process.cpuUsage()
  await new Promise<void>((done) => {
    const counter: Actor<number, { readonly type: 'one' }> = {
      initial: () => 0,
      receive(count) {
        if (count + 1 === MESSAGES) done()
        return count + 1
      },
    }
    const source: Actor<number, { readonly type: 'go' }> = {
      initial: () => 0,
      receive(sent, _message, ctx) {
        for (let each = 0; each < BURST; each++) ctx.tell(target, { type: 'one' })
        if (sent + BURST < MESSAGES) ctx.tell(ctx.self, { type: 'go' })
        return sent + BURST
      },
    }
    const target = system.spawn('counter', counter)
    system.tell(system.spawn('source', source), { type: 'go' })
  })
  const { user, system: kernel } = process.cpuUsage(began)
  await system.stop()
  return MESSAGES / ((user + kernel) / 1_000_000)
}
