/**
 * Admission: whether a delivery comes from whom it says, in a cluster that is run with rights.
 *
 * The broker has checked `user_id` against who published. Here it must be a user that may write to this
 * node at all, and what it vouches for is passed on: whom the envelopes may name as their sender. What
 * reached the queue by a detour is refused: dead-lettering, CC and BCC, another's exchange.
 */
import { kindOf, type NodeAddress } from '../../runtime/address.js'
import { executorsUser } from './rights.js'
import { bindingsOf, exchangeName, type Member, nameOf } from './topology.js'

export interface Delivery {
  readonly fields: { readonly exchange: string; readonly routingKey: string }
  readonly properties: { readonly userId?: unknown; readonly headers?: object | undefined }
}

export type Admission =
  /** Every sender that the envelopes name begins so. */
  | { readonly ok: true; readonly sender: string }
  | { readonly ok: false; readonly reason: string }

/** Headers of a message that was sent on by a queue, or sent to more than its key says. */
const DETOURS = ['x-death', 'CC', 'BCC']

/** Asked for every frame. Never throws. */
export function admissionTo(member: Member): (delivery: Delivery) => Admission {
  const { cluster, self, agent } = member
  const keys = new Set(bindingsOf(member).map(({ exchange, key }) => `${exchange} ${key}`))
  const executors = exchangeName(cluster, 'executors')
  const down = exchangeName(cluster, 'down')
  const senderOn = (exchange: string, user: string): string | undefined => {
    if (exchange === executors) return amongExecutors(self, agent, user)
    // A name's kind is beyond doubt: an agent's user cannot begin with `master-`.
    const kind = kindOf(user as NodeAddress)
    const isFit = exchange === down ? kind === 'master' : kind !== undefined && kind !== 'executor'
    return isFit ? `${user}@` : undefined
  }
  return ({ fields: { exchange, routingKey }, properties: { userId, headers } }) => {
    // BCC leaves no header behind, but the key under which it was published.
    if (!keys.has(`${exchange} ${routingKey}`)) return refuse(`by a detour, as '${routingKey}' on '${exchange}'`)
    const detour = headers && DETOURS.find((name) => Object.hasOwn(headers, name))
    if (detour) return refuse(`by a detour: it has the header '${detour}'`)
    if (typeof userId !== 'string') return refuse('from nobody: it has no user_id')
    const sender = senderOn(exchange, userId)
    return sender === undefined ? refuse(`from the user '${userId}', who may not write here`) : { ok: true, sender }
  }
}

/** An agent hears its executors there, and they their agent. */
function amongExecutors(self: NodeAddress, agent: NodeAddress | undefined, user: string): string | undefined {
  if (kindOf(self) === 'agent') return user === executorsUser(self) ? 'executor-' : undefined
  return agent && user === nameOf(agent) ? `${user}@` : undefined
}

const refuse = (reason: string): Admission => ({ ok: false, reason })
