/**
 * Last words: what the nodes of this process were doing when it came to its end, for the log.
 *
 * Of a message only its type, numbers and names are told: the rest may be long, or a secret.
 */
import type { System } from '../../runtime/system.js'

interface Message {
  readonly type: string
}

const TOLD_CHARACTERS_MAX = 100
const NAMING = /(^|[a-z])(id|ids|name|state|reason|ref|type)$/i

/** Weakly: a node that has stopped is not kept for its last words. */
const nodes = new Set<WeakRef<System>>()

/** From now on this node's last turn is part of the last words. */
export function remember(system: System): void {
  for (const node of nodes) if (!node.deref()) nodes.delete(node)
  nodes.add(new WeakRef(system))
}

/** Fields for a log: by actor, what it received last, oldest first. */
export function lastWords(): Readonly<Record<string, readonly string[]>> {
  const turns = [...nodes].map((node) => node.deref()?.lastTurn()).filter((turn) => turn !== undefined)
  return Object.fromEntries(turns.map(({ actor, messages }) => [actor, messages.map(outline)]))
}

/** `task-status(taskId=web-3, state=RUNNING)` */
export function outline({ type, ...fields }: Message): string {
  const told = Object.entries(fields).filter(([name, value]) => isTold(name, value))
    .map(([name, value]) => `${name}=${String(value).slice(0, TOLD_CHARACTERS_MAX)}`)
  return told.length === 0 ? type : `${type}(${told.join(', ')})`
}

const isTold = (name: string, value: unknown): boolean =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && NAMING.test(name))
