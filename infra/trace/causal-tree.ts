/** Causal tree: which message caused which, and the chain that everything waited for. Knows nothing of Node. */
import { arrivedMs, endedMs, type Arrow, type Sequence } from './sequence.js'

export interface Cause {
  readonly arrow: Arrow
  readonly effects: readonly Cause[]
  /** On the way to what ended last. */
  readonly isCritical: boolean
}

/** Messages whose cause is not known begin a tree, oldest first. */
export function causalTree({ arrows }: Sequence): readonly Cause[] {
  const bySpan = new Map<string, Arrow[]>()
  for (const arrow of arrows) bySpan.set(arrow.span, [...bySpan.get(arrow.span) ?? [], arrow])
  const last = arrows.reduce<Arrow | undefined>((latest, each) =>
    (latest && endedMs(latest) > endedMs(each) ? latest : each), undefined)
  const critical = new Set(last ? chainOf(last, bySpan) : [])
  const causes = new Map(arrows.map((arrow) =>
    [arrow, { arrow, isCritical: critical.has(arrow), effects: [] as Cause[] }]))
  const placed = new Set<Arrow>()
  const roots: Cause[] = []
  for (const arrow of arrows) {
    // From the first cause down, so that what would cause itself is a beginning.
    for (const each of chainOf(arrow, bySpan, placed).reverse()) {
      const above = causeOf(each, bySpan)
      const [cause, own] = [above && placed.has(above) ? causes.get(above) : undefined, causes.get(each)]
      if (own) (cause?.effects ?? roots).push(own)
      placed.add(each)
    }
  }
  for (const { effects } of causes.values()) effects.sort((left, right) => sentAt(left) - sentAt(right))
  return roots.sort((left, right) => sentAt(left) - sentAt(right))
}

const sentAt = ({ arrow }: Cause): number => arrow.sentMs ?? arrivedMs(arrow)

/** From an arrow up to the first of its causes, or to one that is among `known`. */
function chainOf(
  arrow: Arrow, bySpan: ReadonlyMap<string, readonly Arrow[]>, known: ReadonlySet<Arrow> = new Set(),
): Arrow[] {
  const chain = new Set<Arrow>()
  for (let each: Arrow | undefined = arrow; each && !chain.has(each) && !known.has(each);) {
    chain.add(each)
    each = causeOf(each, bySpan)
  }
  return [...chain]
}

/** Of the receivers of a message, the one that then sent this. */
function causeOf({ parent, from }: Arrow, bySpan: ReadonlyMap<string, readonly Arrow[]>): Arrow | undefined {
  const causes = parent === undefined ? undefined : bySpan.get(parent)
  return causes?.find(({ to }) => to === from) ?? causes?.[0]
}
