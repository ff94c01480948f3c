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
  const effectsOf = new Map<Arrow, Arrow[]>()
  const roots: Arrow[] = []
  for (const arrow of arrows) {
    const cause = causeOf(arrow, bySpan)
    if (cause) effectsOf.set(cause, [...effectsOf.get(cause) ?? [], arrow])
    else roots.push(arrow)
  }
  const critical = new Set<Arrow>()
  const last = arrows.reduce<Arrow | undefined>((latest, each) =>
    (latest && endedMs(latest) > endedMs(each) ? latest : each), undefined)
  for (let each = last; each && !critical.has(each); each = causeOf(each, bySpan)) critical.add(each)
  const grown = (arrow: Arrow, above: ReadonlySet<Arrow>): Cause => {
    const within = new Set([...above, arrow])
    const effects = (effectsOf.get(arrow) ?? []).filter((effect) => !within.has(effect))
      .sort((left, right) => (left.sentMs ?? arrivedMs(left)) - (right.sentMs ?? arrivedMs(right)))
    return { arrow, isCritical: critical.has(arrow), effects: effects.map((effect) => grown(effect, within)) }
  }
  return roots.map((root) => grown(root, new Set()))
}

/** Of the receivers of a message, the one that then sent this. */
function causeOf({ parent, from }: Arrow, bySpan: ReadonlyMap<string, readonly Arrow[]>): Arrow | undefined {
  const causes = parent === undefined ? undefined : bySpan.get(parent)
  return causes?.find(({ to }) => to === from) ?? causes?.[0]
}
