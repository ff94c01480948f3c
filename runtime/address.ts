/**
 * Addresses: where a message can be sent.
 *
 * A node is an OS process (`agent-1`); its incarnation tells one life of it from the next; a path
 * names an actor inside. `agent-1@k3x9/agent/updates` is one actor of one life of one node, so what
 * was meant for the dead never reaches their successors. An incarnation `*` addresses a group:
 * `masters@*` is every node of the kind `master`.
 *
 * An address is a plain string: it can be a map key, travel in a message and be read in a log.
 */

declare const accepts: unique symbol

/** An address that accepts `Message`. Contravariant: a wide ref narrows, never widens. */
export type Ref<Message> = string & { readonly [accepts]: (message: Message) => void }

/** `name@incarnation`, or `group@*`. */
export type NodeAddress = string & { readonly brand: 'node' }

/** What a node does in the cluster; the transport decides by it who may write to whom. */
export const NODE_KINDS = ['master', 'agent', 'framework', 'executor'] as const
export type NodeKind = (typeof NODE_KINDS)[number]

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Node names begin with their kind (`agent-7f3a`). Throws on a name that could not be routed. */
export function nodeAddress(kind: NodeKind, name: string, incarnation: string): NodeAddress {
  const full = `${kind}-${name}`
  if (!NAME.test(full)) throw new Error(`'${name}' is no node name: use letters, digits, '.', '_' and '-'`)
  return `${full}@${incarnation}` as NodeAddress
}

/** The address of every node of one kind. */
export const groupAddress = (kind: NodeKind): NodeAddress => `${kind}s@*` as NodeAddress

export const isGroup = (node: NodeAddress): boolean => node.endsWith('@*')

/** Undefined when the address is not one of ours: whoever reads it from the wire must refuse it. */
export function kindOf(node: NodeAddress): NodeKind | undefined {
  return NODE_KINDS.find((kind) => node === `${kind}s@*` || node.startsWith(`${kind}-`))
}

export const refOf = <M>(node: NodeAddress, path: string): Ref<M> => `${node}/${path}` as Ref<M>

const ACTOR_NAME = /^[A-Za-z0-9_.-]{1,255}$/

/** The address of an actor below another, or at the top of a node. Throws on an illegal name. */
export function refBelow<M>(parent: Ref<never> | NodeAddress, name: string): Ref<M> {
  if (ACTOR_NAME.test(name)) return `${parent}/${name}` as Ref<M>
  throw new Error(`'${name}' is no actor name: use 1 to 255 letters, digits, '.', '_' and '-'`)
}

export function nodeOf(ref: Ref<never>): NodeAddress {
  const end = ref.indexOf('/')
  return (end < 0 ? ref : ref.slice(0, end)) as NodeAddress
}

export function pathOf(ref: Ref<never>): string {
  return ref.slice(ref.indexOf('/') + 1)
}
