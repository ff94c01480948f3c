/**
 * Broker users: a cluster on a test's broker that is run with rights, as `warren broker setup` sets it up.
 */
import { randomBytes } from 'node:crypto'
import { kindOf, nodeAddress, type NodeAddress } from '../../runtime/address.js'
import { byManagement } from '../../infra/amqp/administration.js'
import { type Account, definitionsOf, rightsIn } from '../../infra/amqp/definitions.js'
import { type AmqpOptions, amqpLink } from '../../infra/amqp/link.js'
import type { PrivateBroker } from '../../infra/amqp/private-broker.js'
import { ownUser } from '../../infra/amqp/rights.js'
import type { OpenLink } from '../../infra/link.js'

export interface ClusterWithRights {
  readonly cluster: string
  urlOf(user: string): string
  /** Each node comes with its own user; executors are those of the agent `executorsOf`. */
  link(options?: Partial<AmqpOptions>): OpenLink
}

/** The broker must have its management interface: it is the quicker door. */
export async function clusterWithRights(
  broker: PrivateBroker, cluster: string, accounts: readonly Account[], executorsOf = 'x',
): Promise<ClusterWithRights> {
  const plan = { cluster, vhost: cluster, accounts }
  const passwords = new Map(rightsIn(plan).map(({ user }) => [user, randomBytes(9).toString('hex')]))
  await byManagement(broker.managementUrl ?? '').import(definitionsOf(plan, passwords, () => randomBytes(4)))
  const urlOf = (user: string): string => {
    const url = new URL(broker.url)
    url.username = user
    url.password = passwords.get(user) ?? 'none'
    url.pathname = cluster
    return url.href
  }
  const agentOf = (self: NodeAddress): Partial<AmqpOptions> =>
    kindOf(self) === 'executor' ? { agent: nodeAddress('agent', executorsOf, 'any') } : {}
  return {
    cluster, urlOf,
    link: (options = {}) => (self, listener) => {
      const agent = agentOf(self)
      const url = urlOf(ownUser({ self, ...agent }) ?? '')
      return amqpLink([url], cluster, { ...options, ...agent })(self, listener)
    },
  }
}

/** Accounts of one role. */
export const accounts = (role: Account['role'], ...names: readonly string[]): Account[] =>
  names.map((name) => ({ role, name }))
