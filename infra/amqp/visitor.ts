/** Visitor: who comes to a broker only to try what it lets a node do, under a name of its own. */
import type { Channel, ChannelModel } from 'amqplib'
import { nodeAddress, type NodeKind } from '../../runtime/address.js'
import { randomName } from '../../runtime/random.js'
import { systemRandom } from '../random.js'
import { userIn } from './broker-urls.js'
import { RPC_TIMEOUT_MS, within } from './connection.js'
import type { Member } from './topology.js'

/** How an attempt went. */
export type Attempt = { readonly ok: true } | { readonly ok: false; readonly reason: string }
/** `code` is the broker's own. */
export type Outcome = Attempt & { readonly code?: number | undefined }

export const NOT_FOUND = 404

export interface Visitor {
  readonly user: string
  /** As whom: of the user's role, or as a master, which needs most. */
  readonly kind: NodeKind
  /** The user has the rights of one role only. */
  readonly hasRole: boolean
  readonly member: Member
}

const CLOSE_TIMEOUT_MS = 500
const ROLE = /^(master|agent|framework)-(.+)$/

export function visitorOf(url: string, cluster: string): Visitor {
  const user = userIn([url]) ?? 'guest'
  const [, role, name = 'doctor'] = ROLE.exec(user) ?? []
  const kind = (role ?? 'master') as NodeKind
  const self = nodeAddress(kind, name, `doctor${randomName(systemRandom, 8)}`)
  return { user, kind, hasRole: role !== undefined, member: { cluster, self } }
}

/** On a channel of its own: what is refused ends it. Never rejects, and waits for no broker for long. */
export async function tried(connection: ChannelModel, act: (channel: Channel) => Promise<unknown>): Promise<Outcome> {
  try {
    const channel = await within(RPC_TIMEOUT_MS, 'asking', connection.createChannel())
    // Refusals of what nobody waits for come as an error of the channel.
    const refused = new Promise<never>((_, reject) => channel.once('error', reject))
    refused.catch(() => undefined)
    channel.on('error', () => undefined)
    await within(RPC_TIMEOUT_MS, 'asking', Promise.race([act(channel), refused]))
    // What is blocked does not answer a goodbye; the connection ends anyway.
    await within(CLOSE_TIMEOUT_MS, 'closing', channel.close()).catch(() => undefined)
    return { ok: true }
  } catch (error) {
    const { message, code } = error as Error & { readonly code?: number }
    const isMissing = code === undefined && /NOT.FOUND/.test(message)
    return { ok: false, reason: brokersWords(message), code: isMissing ? NOT_FOUND : code }
  }
}

/** `Operation failed: QueueDeclare; 403 (ACCESS-REFUSED) with message "…"`: the last is the broker's own. */
const brokersWords = (message: string): string => /with message "(.*)"$/s.exec(message)?.[1] ?? message
