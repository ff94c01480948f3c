/**
 * AMQP members: nodes of one cluster on one broker, for tests of what befalls the broker between them.
 */
import type { TestContext } from 'node:test'
import { type AmqpOptions, amqpLink } from '../../infra/amqp/link.js'
import { openPost } from '../../infra/post.js'
import { nodeAddress, type NodeAddress } from '../../runtime/address.js'
import type { Transport, UndeliverableReason } from '../../runtime/transport.js'
import { Recorder } from './recorder.js'

export interface Member {
  readonly self: NodeAddress
  readonly heard: Recorder
  readonly transport: Transport
}

let lives = 0

/** Joins a node, which leaves when the test is over. */
export async function joinAt(
  t: TestContext, kind: 'master' | 'agent', urls: readonly string[], cluster: string, options: Partial<AmqpOptions>,
): Promise<Member> {
  const self = nodeAddress(kind, 'a', `t${++lives}`)
  const heard = new Recorder()
  const transport = await openPost(self, amqpLink(urls, cluster, options), heard)
  t.after(() => transport.close())
  return { self, heard, transport }
}

/** How many envelopes came back to it for this reason. */
export const countOf = ({ heard }: Member, reason: UndeliverableReason): number =>
  heard.returned.filter((each) => each.reason === reason).flatMap(({ envelopes }) => envelopes).length

/** Resolves once the broker has all that was sent. */
export async function confirmed({ transport }: Member): Promise<void> {
  do await new Promise(setImmediate)
  while (transport.vitals().unconfirmedBytes > 0)
}
