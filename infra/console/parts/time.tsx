/** Time: how long ago something was, kept true, with the exact time at hand. */
import { signal } from '@preact/signals'
import { span } from '../format.js'

const SECOND_MS = 1_000
/** The time now, for whatever shows an age: one clock for the page. */
export const now = signal(Date.now())
setInterval(() => {
  if (!document.hidden) now.value = Date.now()
}, SECOND_MS)

export function Ago({ at }: { readonly at: string | number }) {
  const atMs = typeof at === 'number' ? at : Date.parse(at)
  const exact = new Date(atMs)
  return (
    <time dateTime={exact.toISOString()} title={exact.toLocaleString()}>
      {span(Math.max(0, now.value - atMs))} ago
    </time>
  )
}
