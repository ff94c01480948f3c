/** Trace for tests: a context as plain digits, so that two can be compared however they came about. */
import type { TraceContext } from '../../runtime/trace.js'

export const digitsOf = ({ traceId, spanId, parentId }: TraceContext): TraceContext =>
  (parentId === undefined ? { traceId, spanId } : { traceId, spanId, parentId })

/** What carries a trace, with its digits. */
export const withDigits = <T extends { readonly trace: TraceContext }>(carrier: T): T =>
  ({ ...carrier, trace: digitsOf(carrier.trace) })
