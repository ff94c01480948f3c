/**
 * Hop record: a hop as plain data, as it leaves its node: with digits, with a body that holds no secrets.
 *
 * This module knows nothing of Node, so that a browser reads what nodes write.
 */
import type { HopKind, Outcome } from '../../runtime/hop.js'

export interface HopRecord {
  readonly kind: HopKind
  /** Wall clock, with fractions of a millisecond. */
  readonly atMs: number
  /** Where it happened: `agent-7f3a@k3x9`. */
  readonly node: string
  /** 32 and 16 hexadecimal digits, as W3C has them. */
  readonly trace: string
  readonly span: string
  readonly parent?: string
  /** Addresses: `node@life/path`. */
  readonly from?: string
  readonly to: string
  readonly type: string
  /** Of the packed body; known of messages that are declared. */
  readonly bytes?: number
  readonly durationMs?: number
  readonly outcome?: Outcome
  readonly reason?: string
  /** Of whom the message speaks, or who sent it. */
  readonly framework?: string
  /** The fields of the message besides its type; with `sent`, `delivered` and `dropped`. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Of the body something was left out, because there was too much of it. */
  readonly isCut?: boolean
  /** What the context gave of time and chance; with `processed`. */
  readonly given?: readonly number[]
}

/** As HTTP shows it. */
export interface HopJson extends HopRecord {
  /** ISO 8601 with milliseconds. */
  readonly at: string
}

export const jsonOf = ({ kind, atMs, body, ...rest }: HopRecord): HopJson => ({
  kind, at: new Date(atMs).toISOString(), atMs, ...rest,
  ...(body ? { body: readable(body) as Readonly<Record<string, unknown>> } : {}),
})

/** Bytes are shown in base64. */
export function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return { base64: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) }
  }
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, readable(inner)]))
}

/** Back again. */
export const recordOf = ({ at: _, body, ...record }: HopJson): HopRecord =>
  (body ? { ...record, body: restored(body) as Readonly<Record<string, unknown>> } : record)

function restored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restored)
  if (typeof value !== 'object' || value === null) return value
  const [first, ...others] = Object.entries(value)
  if (first?.[0] === 'base64' && others.length === 0 && typeof first[1] === 'string') {
    return Uint8Array.from(atob(first[1]), (character) => character.charCodeAt(0))
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, restored(inner)]))
}

/** The actor's path within its node. */
export const pathIn = (address: string): string => address.slice(address.indexOf('/') + 1)
/** `agent-7f3a`, of any address within it. */
export const nodeNameIn = (address: string): string => /^[^/@]*/.exec(address)?.[0] ?? ''
