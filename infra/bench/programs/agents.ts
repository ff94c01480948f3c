/** Agents: many emulated agents in one process, each a node of its own on the broker. */
import { amqpLink } from '../../amqp/link.js'
import { openEmulatedAgent } from '../emulated-agent.js'
import { play } from './play.js'
import { Roll, type Presence } from './roll.js'

/** Nodes that join at once; more would make the broker slow for all of them. */
const OPENING_MAX = 16

export interface AgentsWish {
  readonly urls: readonly string[]
  readonly cluster: string
  readonly first: number
  readonly count: number
}

let roll = new Roll(0)

play({
  /** Resolves when all are registered. */
  async open({ urls, cluster, first, count }: AgentsWish): Promise<Presence> {
    roll = new Roll(count)
    const openLink = amqpLink(urls, cluster)
    let next = first
    const lane = async () => {
      while (next < first + count) {
        const name = `e${next++}`
        await openEmulatedAgent({ name, openLink, standing: ({ type }) => {
          if (type === 'registered') roll.present(name)
        } })
      }
    }
    await Promise.all(Array.from({ length: OPENING_MAX }, lane))
    return roll.complete
  },
  arm: () => roll.begin(),
  /** Resolves when all have registered since `arm`. */
  back: (): Promise<Presence> => roll.complete,
})
