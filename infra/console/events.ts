/** Events: the journal of what was decided, followed; a filter of the page's own is the page's. */
import { useEffect, useState } from 'preact/hooks'
import type { EventView } from '../http/event-words.js'

/** Events that a page holds; older ones are let go. */
export const EVENTS_HELD_MAX = 20_000

export interface Followed {
  readonly events: readonly EventView[]
  readonly isRead: boolean
  /** Something is missing before the first, or between two: it was no longer kept. */
  readonly hasGap: boolean
}

/** @param query of `/v1/events` */
export function useEvents(query: string, keep?: (event: EventView) => boolean): Followed {
  const [followed, setFollowed] = useState<Followed>({ events: [], isRead: false, hasGap: false })
  useEffect(() => {
    let [events, frame, hasGap, isRead]: [EventView[], number, boolean, boolean] = [[], 0, false, false]
    const source = new EventSource(`/v1/events?${query}`)
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        setFollowed({ events: [...events], isRead, hasGap })
      })
    }
    source.addEventListener('event', (message) => {
      const event = JSON.parse((message as MessageEvent<string>).data) as EventView
      if (keep && !keep(event)) return
      events.push(event)
      if (events.length > EVENTS_HELD_MAX) events = events.slice(-EVENTS_HELD_MAX)
      soon()
    })
    source.addEventListener('gap', () => {
      hasGap = true
      soon()
    })
    source.addEventListener('caught-up', () => {
      isRead = true
      soon()
    })
    return () => {
      source.close()
      cancelAnimationFrame(frame)
    }
  }, [query])
  return followed
}
