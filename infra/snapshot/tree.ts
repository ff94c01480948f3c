/** Tree: a value of any shape as whoever looks on sees it: plain data, which says itself what was left out. Pure. */

export type Shown = null | boolean | number | string | CutText | Told | Group

/** A text that was longer. */
export interface CutText {
  readonly kind: 'text'
  readonly text: string
  /** Of the whole, in characters. */
  readonly size: number
}

/** What can only be told: a secret, bytes, a function. */
export interface Told {
  readonly kind: 'told'
  readonly text: string
}

const KINDS = ['record', 'list', 'map', 'set'] as const

export interface Group {
  readonly kind: (typeof KINDS)[number]
  /** The class, of a record that has one. */
  readonly of?: string
  /** Of the whole; more than there are entries when not all are shown. */
  readonly size: number
  readonly entries: readonly (readonly [name: string, value: Shown])[]
}

export const told = (text: string): Told => ({ kind: 'told', text })

/** What another node says that it sees. It may say anything, so what is no such tree is said to be none. */
export function read(text: string): Shown {
  try {
    return shownOf(JSON.parse(text))
  } catch {
    return NO_TREE
  }
}

const NO_TREE = told('[the node has told what cannot be read]')

function shownOf(raw: unknown): Shown {
  if (raw === null || typeof raw === 'boolean' || typeof raw === 'number' || typeof raw === 'string') return raw
  const { kind, text, size, entries, of } = raw as Readonly<Record<string, unknown>>
  if (kind === 'told' && typeof text === 'string') return told(text)
  if (typeof size !== 'number') return NO_TREE
  if (kind === 'text' && typeof text === 'string') return { kind, text, size }
  const group = KINDS.find((each) => each === kind)
  if (!group || !Array.isArray(entries)) return NO_TREE
  const named = entries.map((entry): [string, Shown] => {
    const [name, value] = Array.isArray(entry) ? entry : []
    return [String(name), shownOf(value)]
  })
  return { kind: group, ...(typeof of === 'string' ? { of } : {}), size, entries: named }
}
