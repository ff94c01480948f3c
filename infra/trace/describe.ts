/**
 * Describe: makes a record of a hop, at the node where it happened: nothing that is secret goes further.
 *
 * What is declared secret in the protocol is replaced. What actors of one node say to each other is not
 * declared; there, whatever is called as a secret field of the protocol is taken to be one.
 */
import { registry } from '../../actors/protocol/registry.js'
import { nodeOf, type NodeAddress } from '../../runtime/address.js'
import type { Hop, HopKind } from '../../runtime/hop.js'
import type { AnyMessage } from '../../runtime/item.js'
import { REDACTED } from '../../runtime/schema.js'
import { encode } from '../codec.js'
import type { HopRecord } from './hop-record.js'

/** Longer texts, lists and bytes are cut in a body; a whole body is left out beyond the last. */
export const BODY_CHARACTERS_MAX = 4_096
export const BODY_ITEMS_MAX = 200
export const BODY_BYTES_MAX = 65_536
const DEPTH_MAX = 12

const WITH_BODY: ReadonlySet<HopKind> = new Set(['sent', 'delivered', 'dropped'])
const SECRET_FIELDS = new Set(registry.entries().flatMap(({ body }) => [...body.secretFields ?? []]))

export function describe(hop: Hop, node: NodeAddress): HopRecord {
  const { kind, atMs, trace, from, to, message, durationMs, outcome, reason, given } = hop
  const { traceId, spanId, parentId } = trace
  const framework = frameworkOf(hop)
  return {
    kind, atMs: Math.round(atMs * 1_000) / 1_000, node, trace: traceId, span: spanId,
    ...(parentId === undefined ? {} : { parent: parentId }), ...(from === undefined ? {} : { from }), to,
    type: message.type, ...(framework === undefined ? {} : { framework }),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs * 1_000) / 1_000 }),
    ...(outcome ? { outcome } : {}), ...(reason ? { reason } : {}), ...(given ? { given } : {}),
    ...(WITH_BODY.has(kind) ? contentOf(message) : {}),
  }
}

/** Its content without secrets, as it would be recorded. */
export const bodyOf = (message: AnyMessage): Readonly<Record<string, unknown>> => contentOf(message).body ?? {}

function contentOf(message: AnyMessage): Pick<HopRecord, 'body' | 'bytes'> {
  const entry = registry.byType(message.type)
  try {
    const packed = entry && encode([entry.body.pack(message)])
    const size = packed ? { bytes: packed.length - 1 } : {}
    if (packed && packed.length > BODY_BYTES_MAX) return size
    const { type: _, ...body } = (entry?.body.redact?.(message) ?? message) as AnyMessage
    return { ...size, body: plain(body, 0) as Readonly<Record<string, unknown>> }
  } catch {
    // A message of this type that never leaves its node, and has another shape.
    const { type: _, ...body } = message
    return { body: plain(body, 0) as Readonly<Record<string, unknown>> }
  }
}

/** Plain data that JSON and msgpack can hold. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (value instanceof Uint8Array) return value.slice(0, BODY_CHARACTERS_MAX)
  if (typeof value !== 'object') return value === undefined ? undefined : `[${typeof value}]`
  if (depth >= DEPTH_MAX) return '[…]'
  if (value instanceof Map) return plain(Object.fromEntries(value), depth)
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, BODY_ITEMS_MAX).map((item) => plain(item, depth + 1) ?? null)
  }
  const entries = Object.entries(value).slice(0, BODY_ITEMS_MAX).flatMap(([name, inner]) => {
    const shown = SECRET_FIELDS.has(name) ? hidden(inner) : plain(inner, depth + 1)
    return shown === undefined ? [] : [[name, shown] as const]
  })
  return Object.fromEntries(entries)
}

const cut = (text: string): string =>
  (text.length > BODY_CHARACTERS_MAX ? `${text.slice(0, BODY_CHARACTERS_MAX)}…` : text)

/** The names of secret variables may be seen. */
function hidden(value: unknown): unknown {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return REDACTED
  return Object.fromEntries(Object.keys(value).slice(0, BODY_ITEMS_MAX).map((name) => [name, REDACTED]))
}

interface Speaking {
  readonly frameworkId?: unknown
}

/** Whom the message speaks of; else whose node says it, or hears it. */
function frameworkOf({ message, from, to }: Hop): string | undefined {
  const speaks = message as unknown as Speaking & Readonly<Record<'update' | 'launch' | 'offers', unknown>>
  const [first] = Array.isArray(speaks.offers) ? speaks.offers as readonly unknown[] : []
  for (const each of [speaks, speaks.update, speaks.launch, first] as readonly (Speaking | null | undefined)[]) {
    if (typeof each?.frameworkId === 'string') return each.frameworkId
  }
  const node = [from, to].find((address) => address?.startsWith('framework-'))
  return node === undefined ? undefined : nodeOf(node).replace(/^framework-|@.*$/g, '')
}
