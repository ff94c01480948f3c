/** Tenants: many frameworks in one process, each a node of its own with the scheduler that authors use. */
import { silent } from '../../../runtime/logger.js'
import { amqpLink } from '../../amqp/link.js'
import { openFrameworkNode, type FrameworkNode } from '../../node/framework-node.js'
import { tenant, type TenantOrder } from '../tenant.js'
import { play } from './play.js'
import { Roll, type Presence } from './roll.js'

export interface TenantsWish {
  readonly urls: readonly string[]
  readonly cluster: string
  readonly count: number
}

/** What a failover looked like from here. */
export interface Return {
  readonly subscribed: Presence
  readonly offered: Presence
  readonly launched: Presence
}

let nodes: FrameworkNode<TenantOrder>[] = []
let [subscribed, settled, ended] = [new Roll(0), new Roll(0), new Roll(0)]
const [offered, launched] = [new Roll(1), new Roll(1)]

play({
  async open({ urls, cluster, count }: TenantsWish): Promise<void> {
    subscribed = new Roll(count)
    settled = new Roll(count)
    ended = new Roll(count)
    const openLink = amqpLink(urls, cluster)
    const names = Array.from({ length: count }, (_, index) => `tenant-${index}`)
    nodes = await Promise.all(names.map((name) => openFrameworkNode({
      name, openLink, logger: silent, subscribed: () => subscribed.present(name),
      framework: () => tenant(name, {
        offered: () => offered.present(name), settled: () => settled.present(name),
        launched: () => launched.present(name), ended: () => ended.present(name),
      }),
    })))
    await subscribed.complete
  },
  /** Resolves when each runs so many tasks that stay. */
  async settle(tasks: number): Promise<void> {
    settled.begin()
    tell({ type: 'settle', tasks })
    if (tasks > 0) await settled.complete
  },
  arm(): void {
    for (const roll of [subscribed, offered, launched, ended]) roll.begin()
    tell({ type: 'arm' })
  },
  async back(): Promise<Return> {
    const waits = [subscribed.complete, offered.complete, launched.complete] as const
    const [ofSubscribed, ofOffered, ofLaunched] = await Promise.all(waits)
    return { subscribed: ofSubscribed, offered: ofOffered, launched: ofLaunched }
  },
  /** Resolves when each has seen the end of its brief task. */
  ended: (): Promise<Presence> => ended.complete,
})

function tell(order: TenantOrder): void {
  for (const node of nodes) node.tell(order)
}
