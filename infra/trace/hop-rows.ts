/**
 * Hop rows: many hops as JSON that is short and soon read: what comes again and again is a number into a list of
 * names. Knows nothing of Node, so that a browser reads what a program writes.
 */
import { jsonOf, type HopRecord } from './hop-record.js'

type Row = readonly [
  kind: number, atMs: number, node: number, trace: number, span: string, parent: string | 0, from: number, to: number,
  type: number, rest: Rest | 0,
]
type Rest = Pick<HopRecord, 'bytes' | 'durationMs' | 'outcome' | 'reason' | 'framework' | 'body'>

export interface HopRows {
  readonly names: readonly string[]
  readonly rows: readonly Row[]
}

export function rowsOf(records: readonly HopRecord[]): HopRows {
  const names = new Map<string, number>([['', 0]])
  const name = (text = ''): number => {
    const known = names.get(text)
    if (known !== undefined) return known
    names.set(text, names.size)
    return names.size - 1
  }
  const rows = records.map((record): Row => {
    const { kind, atMs, node, trace, span, parent, from, to, type, given: _given, at: _at, ...rest } = jsonOf(record)
    const more = Object.keys(rest).length > 0 ? rest : 0
    return [name(kind), atMs, name(node), name(trace), span, parent ?? 0, name(from), name(to), name(type), more]
  })
  return { names: [...names.keys()], rows }
}

/** Bytes in bodies stay as they are shown. */
export function recordsOf({ names, rows }: HopRows): HopRecord[] {
  const name = (index: number): string => names[index] ?? ''
  return rows.map(([kind, atMs, node, trace, span, parent, from, to, type, rest]): HopRecord => ({
    kind: name(kind) as HopRecord['kind'], atMs, node: name(node), trace: name(trace), span, to: name(to),
    type: name(type), ...(parent === 0 ? undefined : { parent }), ...(from === 0 ? undefined : { from: name(from) }),
    ...(rest === 0 ? undefined : rest),
  }))
}
