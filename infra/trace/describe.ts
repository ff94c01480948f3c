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
import { encode } from '../codec.js'
import { hidden, isDeclaredSecret } from '../secrecy.js'
import type { HopRecord } from './hop-record.js'

/** Longer texts, lists and bytes are cut in a body; a whole body is left out beyond the last. */
export const BODY_CHARACTERS_MAX = 4_096
export const BODY_ITEMS_MAX = 200
/** Of the log, which is all that a master knows of the past: without it no replay of one could go on. */
export const LOG_ITEMS_MAX = 2_000
export const BODY_BYTES_MAX = 65_536
/** A log that takes more is cut like any other list. */
const LOG_BYTES_MAX = 524_288
const DEPTH_MAX = 12
const OF_THE_LOG: ReadonlySet<string> = new Set(['folded', 'restored'])

const WITH_BODY: ReadonlySet<HopKind> = new Set(['sent', 'delivered', 'dropped'])

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

function contentOf(message: AnyMessage): Pick<HopRecord, 'body' | 'bytes' | 'isCut'> {
  const entry = registry.byType(message.type)
  if (!entry && OF_THE_LOG.has(message.type)) return logOf(message)
  try {
    const packed = entry && encode([entry.body.pack(message)])
    const size = packed ? { bytes: packed.length - 1 } : {}
    if (packed && packed.length > BODY_BYTES_MAX) return size
    const { type: _, ...body } = (entry?.body.redact?.(message) ?? message) as AnyMessage
    return { ...size, ...shownOf(body) }
  } catch {
    // A message of this type that never leaves its node, and has another shape.
    const { type: _, ...body } = message
    return shownOf(body)
  }
}

function logOf({ type: _, ...body }: AnyMessage): Pick<HopRecord, 'body' | 'isCut'> {
  const shown = shownOf(body, LOG_ITEMS_MAX)
  return (encode([shown.body])?.length ?? Infinity) > LOG_BYTES_MAX ? shownOf(body) : shown
}

function shownOf(body: object, itemsMax = BODY_ITEMS_MAX): Pick<HopRecord, 'body' | 'isCut'> {
  const cutter = new Cutter(itemsMax)
  const shown = cutter.plain(body, 0) as Readonly<Record<string, unknown>>
  return cutter.hasCut ? { body: shown, isCut: true } : { body: shown }
}

/** Makes plain data that JSON and msgpack can hold, and knows whether it left anything out. */
class Cutter {
  hasCut = false

  constructor(private readonly itemsMax: number) {}

  plain(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
    if (value instanceof Uint8Array) return value.slice(0, this.within(value.length, BODY_CHARACTERS_MAX))
    if (typeof value !== 'object') return value === undefined ? undefined : `[${typeof value}]`
    if (depth >= DEPTH_MAX) return this.instead('[…]')
    if (value instanceof Map) return this.plain(Object.fromEntries(value), depth)
    if (Array.isArray(value) || value instanceof Set) {
      const items: readonly unknown[] = [...value]
      return items.slice(0, this.within(items.length, this.itemsMax)).map((item) => this.plain(item, depth + 1) ?? null)
    }
    const entries = Object.entries(value)
    const shown = entries.slice(0, this.within(entries.length, BODY_ITEMS_MAX)).flatMap(([name, inner]) => {
      const each = isDeclaredSecret(name) ? hidden(inner) : this.plain(inner, depth + 1)
      return each === undefined ? [] : [[name, each] as const]
    })
    return Object.fromEntries(shown)
  }

  private text(text: string): string {
    const kept = this.within(text.length, BODY_CHARACTERS_MAX)
    return kept < text.length ? `${text.slice(0, kept)}…` : text
  }

  private within(length: number, max: number): number {
    if (length > max) this.hasCut = true
    return Math.min(length, max)
  }

  private instead(text: string): string {
    this.hasCut = true
    return text
  }
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
