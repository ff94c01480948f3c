/** Event list: what happened to one thing, oldest first, with what led to what. */
import type { EventView } from '../../http/event-words.js'
import { useEvents } from '../events.js'
import { clock } from '../format.js'

export function EventList({
  query,
  keep,
}: {
  readonly query: string
  readonly keep?: (event: EventView) => boolean
}) {
  const { events, isRead } = useEvents(query, keep)
  if (events.length === 0) return <p class="note">{isRead ? 'Nothing that is still kept.' : 'Reading …'}</p>
  return (
    <ol class="steps">
      {events.map(({ number, at, level, text }) => (
        <li key={number} class={level}>
          <time dateTime={at} title={new Date(at).toLocaleString()}>
            {clock(Date.parse(at))}
          </time>
          <i aria-hidden="true">{level === 'warn' ? '!' : '·'}</i>
          <span class="words">
            {level === 'warn' && <span class="hidden">Attention: </span>}
            {text}
          </span>
        </li>
      ))}
    </ol>
  )
}
