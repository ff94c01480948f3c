/** Authors: small frameworks for simulations, written as their users write them. */
import type { StatusUpdate } from '../../actors/protocol/task.js'
import type { Offer } from '../../actors/protocol/scheduler.js'
import { contains, subtract, type Resources } from '../../actors/resources/resources.js'
import {
  framework, type Framework, type FrameworkContext, type FrameworkEvent,
} from '../../actors/scheduler/framework.js'
import { task } from '../../actors/scheduler/task.js'

export interface Heard {
  readonly offers: Offer[]
  readonly updates: StatusUpdate[]
  readonly others: FrameworkEvent[]
}

export const nothingHeard = (): Heard => ({ offers: [], updates: [], others: [] })

/** Writes down what it hears, and does what it is told to with offers. */
export function listener(
  name: string, heard: Heard, onOffers: (offers: readonly Offer[], ctx: FrameworkContext) => void,
  more: Partial<Framework<null>> = {},
): Framework<null> {
  return framework<null>({
    name,
    initial: () => null,
    receive(state, event, ctx) {
      if (event.type === 'offers') {
        heard.offers.push(...event.offers)
        onOffers(event.offers, ctx)
      } else if (event.type === 'update') heard.updates.push(event.update)
      else heard.others.push(event)
      return state
    },
    ...more,
  })
}

/** Fills every offer with tasks of one size, for ever. */
export function greedy(name: string, role: string, size: Readonly<Record<string, number>>): Framework<number> {
  return framework<number>({
    name, roles: [role],
    initial: () => 0,
    receive(next, event, ctx) {
      if (event.type !== 'offers') return next
      let number = next
      for (const offer of event.offers) {
        const tasks = []
        let left: Resources = offer.resources
        for (let one = task({ id: `t${number}`, resources: size, command: 'true' }); contains(left, one.resources); ) {
          tasks.push(one)
          left = subtract(left, one.resources)
          one = task({ id: `t${++number}`, resources: size, command: 'true' })
        }
        ctx.accept(offer, tasks)
      }
      return number
    },
  })
}
