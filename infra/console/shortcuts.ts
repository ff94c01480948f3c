/** Shortcuts: single keys for who works without a mouse. They can be switched off, and never act while one types. */
import { signal } from '@preact/signals'
import { recall, remember } from './memory.js'
import { go, to } from './route.js'
import { nextTheme } from './theme.js'

/** After `g`. */
export const PLACES: Readonly<Record<string, readonly [path: string, title: string]>> = {
  o: ['', 'Overview'],
  a: ['agents', 'Agents'],
  m: ['topology', 'Topology'],
  f: ['frameworks', 'Frameworks'],
  t: ['tasks', 'Tasks'],
  r: ['roles', 'Roles'],
  p: ['offers', 'Offers'],
  c: ['actors', 'Actors'],
  x: ['trace', 'Trace'],
  e: ['events', 'Events'],
  d: ['dead-letters', 'Dead letters'],
  b: ['broker', 'Broker'],
}

export const isHelpOpen = signal(false)
export const areOn = signal(recall('shortcuts') !== 'off')

export type TableKey = 'down' | 'up' | 'open'
type TableListener = (key: TableKey) => void
/** The last that came is the one in sight. */
const tables: TableListener[] = []

export function onTableKey(listener: TableListener): () => void {
  tables.push(listener)
  return () => {
    tables.splice(tables.indexOf(listener), 1)
  }
}

export function switchShortcuts(): void {
  areOn.value = !areOn.value
  remember('shortcuts', areOn.value ? 'on' : 'off')
}

const TABLE_KEYS: Readonly<Record<string, TableKey>> = { j: 'down', k: 'up', Enter: 'open' }
let isGoing = false

addEventListener('keydown', (event) => {
  // A question is answered before anything else is done.
  if (document.querySelector('dialog.order[open]')) return
  if (!areOn.value || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (act(event)) event.preventDefault()
})

/** False when the key is not ours. */
function act({ key, target }: KeyboardEvent): boolean {
  const place = isGoing ? PLACES[key] : undefined
  isGoing = key === 'g'
  if (place) {
    go(place[0] === '' ? to() : to(place[0]))
    return true
  }
  const tableKey = TABLE_KEYS[key]
  if (tableKey) {
    if (key === 'Enter' && target instanceof Element && target.closest('a, button, summary, [role="treeitem"]'))
      return false
    tables.at(-1)?.(tableKey)
    return tables.length > 0
  }
  if (key === '?') isHelpOpen.value = !isHelpOpen.value
  else if (key === 'T') nextTheme()
  else if (key === '/') document.querySelector<HTMLElement>('[data-filter]')?.focus()
  else return false
  return true
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
