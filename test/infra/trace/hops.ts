/** Hops for tests, with as little said as a test needs. */
import type { HopRecord } from '../../../infra/trace/hop-record.js'

export const TRACE = 'ab'.repeat(16)
export const spanOf = (number: number): string => number.toString(16).padStart(16, '0')
export const MASTER = 'master-m1@l1/master'
export const AGENT = 'agent-a1@l1/agent'

/** @param span names the message */
export function hop(kind: HopRecord['kind'], span: number, atMs: number, more: Partial<HopRecord> = {}): HopRecord {
  const to = more.to ?? MASTER
  const at = kind === 'sent' && more.from ? more.from : to
  return {
    kind, atMs, node: at.slice(0, at.indexOf('/')), trace: TRACE, span: spanOf(span), to, type: `m${span}`, ...more,
  }
}

/** A message that is sent at `atMs`, given to its receiver a millisecond later, and handled in two. */
export function handled(span: number, atMs: number, more: Partial<HopRecord> = {}): HopRecord[] {
  const { from: _, ...arrived } = more
  const known = more.from === undefined ? {} : { from: more.from }
  return [
    hop('sent', span, atMs, more), hop('enqueued', span, atMs + 0.5, { ...arrived, ...known }),
    hop('delivered', span, atMs + 1, { ...arrived, ...known }),
    hop('processed', span, atMs + 3, { ...arrived, ...known, durationMs: 2, outcome: 'ok' }),
  ]
}
