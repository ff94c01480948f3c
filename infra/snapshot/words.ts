/** Words: how a part of a snapshot reads in one line, in the console and on a terminal. Pure. */
import type { Group, Shown } from './tree.js'

const NOUNS: Readonly<Record<Group['kind'], readonly [one: string, several: string]>> = {
  record: ['field', 'fields'], list: ['item', 'items'], map: ['entry', 'entries'], set: ['member', 'members'],
}
const PREVIEW_CHARACTERS_MAX = 60

export const isGroup = (shown: Shown): shown is Group =>
  typeof shown === 'object' && shown !== null && 'entries' in shown

/** What is no group, as it is written. */
export function leafText(shown: Exclude<Shown, Group>): string {
  if (typeof shown === 'string') return JSON.stringify(shown)
  if (typeof shown !== 'object' || shown === null) return String(shown)
  return shown.kind === 'told' ? shown.text : `${JSON.stringify(shown.text).slice(0, -1)}…"`
}

/** What is left out of it; undefined when nothing is. */
export function leftOut(shown: Shown): string | undefined {
  if (typeof shown !== 'object' || shown === null || shown.kind === 'told') return undefined
  const more = shown.size - (isGroup(shown) ? shown.entries.length : shown.text.length)
  if (more <= 0) return undefined
  if (!isGroup(shown)) return `${more.toLocaleString('en')} more characters`
  return shown.entries.length === 0
    ? `${counted(shown.kind, more)}, not shown here`
    : `${more.toLocaleString('en')} more`
}

/** `12 entries`, `Sorter, 5 fields`. */
export const sizeText = ({ kind, of, size }: Group): string =>
  `${of === undefined ? '' : `${of}, `}${size === 0 && of === undefined ? EMPTY[kind] : counted(kind, size)}`

const EMPTY: Readonly<Record<Group['kind'], string>> = {
  record: 'empty', list: 'empty list', map: 'empty map', set: 'empty set',
}

const counted = (kind: Group['kind'], count: number): string =>
  `${count.toLocaleString('en')} ${NOUNS[kind][count === 1 ? 0 : 1]}`

/** The plain values with which it begins, so that one finds what one looks for without opening all. */
export function preview({ kind, entries }: Group): string {
  let words = ''
  for (const [name, value] of entries) {
    if (isGroup(value)) continue
    const text = kind === 'record' || kind === 'map' ? `${name}: ${leafText(value)}` : leafText(value)
    const longer = words === '' ? text : `${words}, ${text}`
    if (longer.length > PREVIEW_CHARACTERS_MAX) return words || `${text.slice(0, PREVIEW_CHARACTERS_MAX)}…`
    words = longer
  }
  return words
}
