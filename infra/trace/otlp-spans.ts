/**
 * OTLP spans: hops as OpenTelemetry has them, in the JSON encoding of its protocol.
 *
 * A message is two spans: `send TYPE` (producer) with the message's own span id, and `process TYPE`
 * (consumer) for each receiver, whose id follows from the message's and the receiver's. So what a behaviour
 * sends is a child of what it processed, although neither end tells the other. The names of the messaging
 * conventions, which are still in development, stand here alone.
 */
import { nodeNameIn, pathIn, type HopRecord } from './hop-record.js'

type Value = { readonly stringValue: string } | { readonly intValue: string } | { readonly doubleValue: number }

interface Attribute {
  readonly key: string
  readonly value: Value
}

export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status?: { readonly code: number; readonly message?: string }
}

export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] }[]
  }[]
}

const KIND = { internal: 1, producer: 4, consumer: 5 } as const
const ERROR = 2
const SCOPE = 'warren'

/** The span of a hop; undefined for those that are a part of another's. */
export function spanOf(hop: HopRecord): OtlpSpan | undefined {
  const { kind, trace, span, parent, from, to, type, atMs, durationMs = 0, outcome, reason } = hop
  const common = { traceId: trace, endTimeUnixNano: nanoseconds(atMs) }
  switch (kind) {
    case 'sent': return {
      ...common, spanId: span, name: `send ${type}`, kind: KIND.producer, startTimeUnixNano: nanoseconds(atMs),
      ...(parent === undefined ? {} : { parentSpanId: from === undefined ? parent : processSpanId(parent, from) }),
      attributes: attributesOf(hop, 'send'),
    }
    case 'processed': return {
      ...common, spanId: processSpanId(span, to), name: `process ${type}`, kind: KIND.consumer,
      // Timers and the like are sent by nobody.
      ...(from === undefined ? {} : { parentSpanId: span, links: [{ traceId: trace, spanId: span }] }),
      startTimeUnixNano: nanoseconds(atMs - durationMs), attributes: attributesOf(hop, 'process'),
      ...(outcome === 'ok' ? {} : { status: { code: ERROR, message: outcome ?? 'crashed' } }),
    }
    case 'dropped': return {
      ...common, spanId: processSpanId(span, `dropped ${to}`), parentSpanId: span, name: `drop ${type}`,
      kind: KIND.internal, startTimeUnixNano: nanoseconds(atMs), attributes: attributesOf(hop, 'drop'),
      status: { code: ERROR, message: reason ?? 'dropped' },
    }
    default: return undefined
  }
}

export function requestOf(spans: readonly OtlpSpan[], resource: Readonly<Record<string, string>>): OtlpRequest {
  const attributes = Object.entries(resource).map(([key, value]) => text(key, value))
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: SCOPE }, spans }] }] }
}

/** Everything of one trace, as one request; each node is a resource of its own. */
export function requestOfTrace(hops: readonly HopRecord[]): OtlpRequest {
  const nodes = [...new Set(hops.map(({ node }) => node))]
  return {
    resourceSpans: nodes.flatMap((node) => {
      const spans = hops.filter((hop) => hop.node === node).map(spanOf).filter((span) => span !== undefined)
      return requestOf(spans, resourceOf(node)).resourceSpans
    }),
  }
}

export const resourceOf = (node: string): Readonly<Record<string, string>> =>
  ({ 'service.name': `warren-${node.slice(0, node.indexOf('-'))}`, 'service.instance.id': node })

/** Of the processing of a message by an actor: 16 digits that both ends find. */
export function processSpanId(span: string, actor: string): string {
  const words = [0x811c9dc5, 0x01000193].map((seed) => {
    let hash = seed
    for (const character of `${span} ${actor}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
    return (hash >>> 0).toString(16).padStart(8, '0')
  })
  return words.join('')
}

function attributesOf(hop: HopRecord, operation: string): Attribute[] {
  const { trace, span, from, to, type, bytes, framework, outcome, reason, node } = hop
  const isRemote = nodeNameIn(to) !== nodeNameIn(node)
  const error = reason ?? (outcome === undefined || outcome === 'ok' ? undefined : outcome)
  return [
    text('messaging.system', 'warren'), text('messaging.operation.name', operation),
    text('messaging.operation.type', operation === 'drop' ? 'settle' : operation),
    text('messaging.destination.name', isRemote ? `${nodeNameIn(to)}/${pathIn(to)}` : pathIn(to)),
    text('messaging.message.id', span), text('messaging.message.conversation_id', trace),
    ...(bytes === undefined ? [] : [{ key: 'messaging.message.body.size', value: { intValue: String(bytes) } }]),
    text('warren.message.type', type), text('warren.to', to),
    ...(from === undefined ? [] : [text('warren.from', from)]),
    ...(framework === undefined ? [] : [text('warren.framework', framework)]),
    ...(error === undefined ? [] : [text('error.type', error.split(':', 1)[0] ?? error)]),
  ]
}

const text = (key: string, stringValue: string): Attribute => ({ key, value: { stringValue } })

/** Of a number of milliseconds: it has no more than microseconds in it. */
const nanoseconds = (ms: number): string => `${BigInt(Math.round(ms * 1_000)) * 1_000n}`
