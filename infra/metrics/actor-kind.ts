/**
 * Actor kind: what an actor is, for the label of a metric. Names of actors hold the ids of launches, of which
 * there is no end; kinds are few.
 */
import type { Ref } from '../../runtime/address.js'

/** Of their last name, wherever they live. */
const NAMED = new Set(['master', 'registrar', 'allocator', 'agent', 'updates', 'scheduler', 'executor', 'vitals'])

/** `master`, `allocator`, `runner` for whoever runs one task or executor in an agent's node, `other`. */
export function actorKind(actor: Ref<never>): string {
  const end = actor.lastIndexOf('/')
  const name = actor.slice(end + 1)
  if (NAMED.has(name)) return name
  return actor.endsWith('/agent', end) ? 'runner' : 'other'
}
