/**
 * Envelope: a message on its way between nodes, as plain data.
 *
 * An array in this order, only ever appended to: protocol version, type tag, to, from, trace id, span
 * id, parent id, deadline, correlation, body. A receiver reads it as untrusted: an envelope is either
 * opened or refused with a reason, and nothing is thrown.
 */
import type { NodeAddress, Ref } from './address.js'
import { nodeOf } from './address.js'
import type { Registry } from './protocol.js'
import { Invalid } from './schema.js'
import type { TraceContext } from './trace.js'
import type { WireEnvelope } from './transport.js'

export const PROTOCOL_VERSION = 1

export interface Envelope {
  readonly to: Ref<never>
  readonly from: Ref<never> | undefined
  readonly trace: TraceContext
  readonly message: { readonly type: string }
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
  if (!entry) throw new Error(`'${message.type}' is not declared in the protocol, so it cannot leave its node`)
  return [
    PROTOCOL_VERSION, entry.tag, to, from ?? null, trace.traceId, trace.spanId, trace.parentId ?? null,
    envelope.deadlineMs ?? null, envelope.correlation ?? null, entry.body.pack(message),
  ]
}

/** Opens what arrived for `self` at `nowMs`. */
export function open(raw: unknown, self: NodeAddress, registry: Registry, nowMs: number): Opened {
  if (!Array.isArray(raw) || raw.length < 10) return refuse('malformed', 'not an envelope')
  const [version, tag, to, from, traceId, spanId, parentId, deadlineMs, correlation, body] = raw as unknown[]
  if (typeof version !== 'number' || typeof tag !== 'number' || typeof to !== 'string'
    || !isTextOrNull(from) || typeof traceId !== 'string' || typeof spanId !== 'string'
    || !isTextOrNull(parentId) || !isTextOrNull(correlation)
    || !(deadlineMs === null || typeof deadlineMs === 'number')) return refuse('malformed', 'ill-typed header')
  if (version > PROTOCOL_VERSION) return refuse('newer-version', `version ${version}`)
  const entry = registry.byTag(tag)
  if (!entry) return refuse('unknown-message', `tag ${tag}`)
  if (!isMeantFor(self, nodeOf(to as Ref<never>))) return refuse('misdirected', `${entry.type} to ${to.slice(0, 200)}`)
  if (deadlineMs !== null && deadlineMs < nowMs) return refuse('expired', entry.type)
  try {
    const message = { type: entry.type, ...entry.body.unpack(body) }
    const trace = parentId === null ? { traceId, spanId } : { traceId, spanId, parentId }
    const envelope = {
      to: to as Ref<never>, from: (from ?? undefined) as Ref<never> | undefined, trace, message,
      ...(deadlineMs === null ? {} : { deadlineMs }), ...(correlation === null ? {} : { correlation }),
    }
    return { ok: true, envelope }
  } catch (error) {
    if (error instanceof Invalid) return refuse('invalid', `${entry.type}: ${error.message}`)
    throw error
  }
}

/** A node takes what is addressed to this life of it, or to the group of its kind. */
function isMeantFor(self: NodeAddress, to: NodeAddress): boolean {
  if (to === self) return true
  return to.endsWith('s@*') && self.startsWith(`${to.slice(0, -3)}-`)
}

const refuse = (reason: Refusal, detail: string): Opened => ({ ok: false, reason, detail })
const isTextOrNull = (raw: unknown): raw is string | null => raw === null || typeof raw === 'string'
