/**
 * Definitions: a cluster's vhost, exchanges, users and rights, in the one document that RabbitMQ imports.
 *
 * To import is to add and to overwrite, never to take away, so it can be done again. Passwords travel as
 * the salted hashes that the broker keeps.
 */
import { createHash } from 'node:crypto'
import { type Rights, rightsOf, type Role } from './rights.js'
import { DIRECTIONS, exchangeName, hopsExchange } from './topology.js'

export interface Account {
  readonly role: Role
  /** What tells the node from others of its kind; of executors, their agent's. */
  readonly name: string
}

export interface Plan {
  readonly cluster: string
  readonly vhost: string
  readonly accounts: readonly Account[]
}

type Row = Readonly<Record<string, unknown>>

/** Keys and values as RabbitMQ names them. */
export interface Definitions {
  readonly vhosts: readonly Row[]
  readonly users: readonly Row[]
  readonly permissions: readonly Row[]
  readonly topic_permissions: readonly Row[]
  readonly exchanges: readonly Row[]
}

const SALT_BYTES = 4

/** @param added passwords of the users that are not there yet */
export function definitionsOf(plan: Plan, added: ReadonlyMap<string, string>, salt: () => Uint8Array): Definitions {
  const { cluster, vhost } = plan
  const rights = rightsIn(plan)
  return {
    vhosts: [{ name: vhost }],
    users: [...added].map(([name, password]) => ({
      name, tags: [],
      password_hash: passwordHash(password, salt()), hashing_algorithm: 'rabbit_password_hashing_sha256',
    })),
    permissions: rights.map(({ user, configure, write, read }) => ({ user, vhost, configure, write, read })),
    topic_permissions: rights.flatMap(({ user, topics }) =>
      topics.map(({ exchange, write, read }) => ({ user, vhost, exchange, write, read }))),
    exchanges: exchangesOf(cluster).map((name) => ({
      name, vhost, type: 'topic',
      durable: true, auto_delete: false, internal: false, arguments: {},
    })),
  }
}

const exchangesOf = (cluster: string): readonly string[] =>
  [...DIRECTIONS.map((direction) => exchangeName(cluster, direction)), hopsExchange(cluster)]

export const rightsIn = ({ cluster, accounts }: Plan): readonly Rights[] =>
  accounts.map(({ role, name }) => rightsOf(cluster, role, name))

/** As RabbitMQ stores it: four bytes of salt, and SHA-256 of salt and password. */
export function passwordHash(password: string, salt: Uint8Array): string {
  const salted = salt.subarray(0, SALT_BYTES)
  const digest = createHash('sha256').update(salted).update(password, 'utf8').digest()
  return Buffer.concat([salted, digest]).toString('base64')
}
