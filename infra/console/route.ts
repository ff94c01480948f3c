/** Route: where in the console one is, as its address says; every selection is part of it. */
import { computed, signal } from '@preact/signals'

export const BASE = '/console/'

const place = signal(hereNow())

function hereNow(): string {
  return `${location.pathname}${location.search}`
}

/** The parts of the path below the console's own, decoded. */
export const parts = computed<readonly string[]>(() => {
  const path = place.value.split('?', 1)[0] ?? ''
  return path
    .slice(BASE.length)
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
})

export const query = computed(() => new URLSearchParams(place.value.split('?')[1] ?? ''))

/** An address of the console: `to('agents', id)`. */
export const to = (...path: readonly string[]): string => `${BASE}${path.map(encodeURIComponent).join('/')}`

/** Where links lead is decided here, so that no page is loaded anew. */
export function followHistory(): void {
  addEventListener('popstate', () => {
    place.value = hereNow()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (!link || !isPlain || link.target || link.origin !== location.origin) return
    if (!link.pathname.startsWith(BASE) || link.hash !== '') return
    event.preventDefault()
    go(`${link.pathname}${link.search}`, link.hasAttribute('data-stay'))
  })
}

/** @param stays when only a part of the page changes */
export function go(address: string, stays = false): void {
  if (address === hereNow()) return
  history.pushState(null, '', address)
  place.value = hereNow()
  if (stays) return
  document.getElementById('main')?.focus({ preventScroll: true })
  scrollTo(0, 0)
}

/** Changes what the query says, without a step in the history: a selection, a filter. */
export function select(changes: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value)
  }
  const words = next.toString()
  history.replaceState(null, '', `${location.pathname}${words === '' ? '' : `?${words}`}`)
  place.value = hereNow()
}
