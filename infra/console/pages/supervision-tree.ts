/** Supervision tree: actors below those that supervise them, as their paths say. Pure. */
import type { ActorVitals } from '../../../actors/protocol/vitals.js'

export interface Branch {
  readonly name: string
  readonly path: string
  readonly vitals: ActorVitals | undefined
  readonly children: readonly Branch[]
}

interface Growing extends Branch {
  vitals: ActorVitals | undefined
  readonly children: Growing[]
}

export function treeOf(actors: readonly ActorVitals[]): readonly Branch[] {
  const tops: Growing[] = []
  const known = new Map<string, Growing>()
  const grow = (path: string): Growing => {
    const there = known.get(path)
    if (there) return there
    const cut = path.lastIndexOf('/')
    const branch: Growing = { name: path.slice(cut + 1), path, vitals: undefined, children: [] }
    known.set(path, branch)
    const siblings = cut < 0 ? tops : grow(path.slice(0, cut)).children
    siblings.push(branch)
    return branch
  }
  for (const vitals of actors) grow(vitals.path).vitals = vitals
  return tops
}
