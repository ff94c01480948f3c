/**
 * Hop codec: hops as they travel and as they lie in files: msgpack, without keys. Places are only ever
 * appended. What cannot be read is nothing.
 */
import { HOP_KINDS, type HopKind, type Outcome } from '../../runtime/hop.js'
import { decode, encode } from '../codec.js'
import type { HopBatch } from './hop-bus.js'
import type { HopRecord } from './hop-record.js'

const VERSION = 1
const OUTCOMES: readonly Outcome[] = ['ok', 'crashed', 'unhandled']

/** Undefined when it is larger than may be sent. */
export function packBatch({ isBacklog, missed, records }: HopBatch): Uint8Array | undefined {
  return encode([VERSION, isBacklog, missed, records.map(packed)])
}

/** Reads what others sent; undefined when that is no batch of this version. */
export function unpackBatch(bytes: Uint8Array): HopBatch | undefined {
  const decoded = decode(bytes)
  if (!decoded.ok) return undefined
  const [version, isBacklog, missed, records] = decoded.items
  if (version !== VERSION || !Array.isArray(records)) return undefined
  return {
    isBacklog: isBacklog === true, missed: Number.isSafeInteger(missed) ? missed as number : 0,
    records: records.map(unpacked).filter((record) => record !== undefined),
  }
}

function packed(record: HopRecord): readonly unknown[] {
  const { kind, atMs, node, trace, span, parent, from, to, type, bytes, durationMs } = record
  const { outcome, reason, framework, body, given, isCut } = record
  const places = [
    HOP_KINDS.indexOf(kind), atMs, node, trace, span, parent ?? null, from ?? null, to, type, bytes ?? null,
    durationMs ?? null, outcome === undefined ? null : OUTCOMES.indexOf(outcome), reason ?? null, framework ?? null,
    body ?? null, given ?? null, isCut === true ? true : null,
  ]
  while (places.at(-1) === null) places.pop()
  return places
}

function unpacked(raw: unknown): HopRecord | undefined {
  if (!Array.isArray(raw)) return undefined
  const [kind, atMs, node, trace, span, parent, from, to, type, ...more] = raw as readonly unknown[]
  const [bytes, durationMs, outcome, reason, framework, body, given, isCut] = more
  const known: HopKind | undefined = HOP_KINDS[kind as number]
  const isWhole = [node, trace, span, to, type].every(isText) && typeof atMs === 'number' && Number.isFinite(atMs)
  if (!known || !isWhole) return undefined
  return {
    kind: known, atMs, node: node as string, trace: trace as string, span: span as string,
    ...(isText(parent) ? { parent } : {}), ...(isText(from) ? { from } : {}), to: to as string, type: type as string,
    ...(typeof bytes === 'number' ? { bytes } : {}), ...(typeof durationMs === 'number' ? { durationMs } : {}),
    ...(typeof outcome === 'number' && OUTCOMES[outcome] ? { outcome: OUTCOMES[outcome] as Outcome } : {}),
    ...(isText(reason) ? { reason } : {}), ...(isText(framework) ? { framework } : {}),
    ...(typeof body === 'object' && body !== null ? { body: body as Readonly<Record<string, unknown>> } : {}),
    ...(Array.isArray(given) ? { given: given.filter((each) => typeof each === 'number') } : {}),
    ...(isCut === true ? { isCut } : {}),
  }
}

const isText = (raw: unknown): raw is string => typeof raw === 'string'
