/**
 * Envelope: a message on its way between nodes, as plain data.
 *
 * An array in this order, only ever appended to: to, from, protocol version, type tag, trace (see
 * `traceWords`), deadline, correlation, body. The addresses come first, because that is what the envelopes
 * of a frame have in common. A receiver reads it as untrusted: an envelope is either opened or refused with
 * a reason, and nothing is thrown.
 */
import { groupAddress, isGroup, kindOf, nodeOf, type NodeAddress, type Ref } from './address.js'
import type { AnyMessage } from './item.js'
import type { Entry, Registry } from './registry.js'
import { traceOfWords, traceWords, type TraceContext } from './trace.js'
import type { WireEnvelope } from './transport.js'

export const PROTOCOL_VERSION = 1
export const ADDRESS_CHARACTERS_MAX = 2_000
export const CORRELATION_CHARACTERS_MAX = 255

export interface Envelope {
  readonly to: Ref<never>
  readonly from: Ref<never> | undefined
  readonly trace: TraceContext
  readonly message: AnyMessage
  /** Wall-clock milliseconds after which the message must not be acted upon. */
  readonly deadlineMs?: number
  /** Names the question that this message answers. */
  readonly correlation?: string
}

export type Refusal =
  | 'malformed' | 'newer-version' | 'unknown-message' | 'invalid' | 'expired' | 'misdirected'

export type Opened =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly reason: Refusal; readonly detail: string }

/** Packs an envelope. Throws when the message was never declared: that is a mistake in the source. */
export function seal(envelope: Envelope, registry: Registry): WireEnvelope {
  const { to, from, trace, message } = envelope
  const entry = registry.byType(message.type)
  if (!entry) throw new Error(`'${message.type}' is not declared in the protocol: it cannot leave its node`)
  return [
    to, from ?? null, PROTOCOL_VERSION, entry.tag, traceWords(trace),
    envelope.deadlineMs ?? null, envelope.correlation ?? null, entry.body.pack(message),
  ]
}

/** Opens what arrived for `self` at `nowMs`. Never throws. */
export function open(raw: unknown, self: NodeAddress, registry: Registry, nowMs: number): Opened {
  const trace = isSealed(raw) ? traceOfWords(raw[4]) : undefined
  if (!trace) return refuse('malformed', 'not an envelope')
  const [to, , version, tag, , deadlineMs] = raw as Sealed
  if (version > PROTOCOL_VERSION) return refuse('newer-version', `version ${version}`)
  const entry = registry.byTag(tag)
  if (!entry) return refuse('unknown-message', `tag ${tag}`)
  if (!isMeantFor(self, to)) return refuse('misdirected', `${entry.type} to ${to.slice(0, 200)}`)
  if (deadlineMs !== null && deadlineMs < nowMs) return refuse('expired', entry.type)
  try {
    return { ok: true, envelope: contents(raw as Sealed, trace, entry) }
  } catch (error) {
    return refuse('invalid', `${entry.type}: ${error instanceof Error ? error.message : error}`)
  }
}

/** Opens again what this node has sealed, whomever it was for; undefined when it was no plain data. */
export function reopen(sealed: WireEnvelope, registry: Registry): Envelope | undefined {
  if (!isSealed(sealed)) return undefined
  const [entry, trace] = [registry.byTag(sealed[3]), traceOfWords(sealed[4])]
  try {
    return entry && trace && contents(sealed, trace, entry)
  } catch {
    return undefined
  }
}

/** Who an envelope says it is from, before it is opened; undefined when it does not say, or cannot be read. */
export function claimedSender(raw: unknown): string | undefined {
  const from: unknown = Array.isArray(raw) ? raw[1] : undefined
  return typeof from === 'string' ? from : undefined
}

type Sealed = readonly [
  to: Ref<never>, from: Ref<never> | null, version: number, tag: number, trace: unknown,
  deadlineMs: number | null, correlation: string | null, body: unknown,
]

const LENGTH = 8

/** The header of an envelope is as it must be, but for the trace; its body can be anything yet. */
function isSealed(raw: unknown): raw is Sealed {
  if (!Array.isArray(raw) || raw.length < LENGTH) return false
  const [to, from, version, tag, , deadlineMs, correlation] = raw as unknown[]
  return isText(to, ADDRESS_CHARACTERS_MAX) && (from === null || isText(from, ADDRESS_CHARACTERS_MAX))
    && Number.isInteger(version) && (version as number) >= 1 && Number.isInteger(tag)
    && (deadlineMs === null || Number.isFinite(deadlineMs))
    && (correlation === null || isText(correlation, CORRELATION_CHARACTERS_MAX))
}

/** Throws what unpacking throws. */
function contents(sealed: Sealed, trace: TraceContext, entry: Entry): Envelope {
  const [to, from, , , , deadlineMs, correlation, body] = sealed
  return {
    to,
    from: from ?? undefined,
    trace,
    message: { type: entry.type, ...entry.body.unpack(body) },
    ...(deadlineMs === null ? {} : { deadlineMs }),
    ...(correlation === null ? {} : { correlation }),
  }
}

/** A node takes what is addressed to this life of it, or to the group of its kind. */
function isMeantFor(self: NodeAddress, to: Ref<never>): boolean {
  if (to.startsWith(self) && (to.length === self.length || to[self.length] === '/')) return true
  const node = nodeOf(to)
  const kind = isGroup(node) ? kindOf(self) : undefined
  return kind !== undefined && node === groupAddress(kind)
}

const refuse = (reason: Refusal, detail: string): Opened => ({ ok: false, reason, detail })
const isText = (raw: unknown, charactersMax: number): raw is string =>
  typeof raw === 'string' && raw.length <= charactersMax
