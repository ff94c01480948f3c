/** Events: the journal of what was decided, followed; a filter of the page's own is the page's. */
import { useEffect, useState } from 'preact/hooks'
import type { EventView } from '../http/event-words.js'
import { openSource } from './source.js'

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
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        setFollowed({ events: [...events], isRead, hasGap })
      })
    }
    // The next leader tells all that it has: its numbers are its own.
    const restart = () => {
      events = []
      soon()
    }
    let isBroken = false
    const close = openSource({
      path: () => `/v1/events?${query}`,
      on: {
        event: (data) => {
          const event = data as EventView
          if (keep && !keep(event)) return
          events.push(event)
          if (events.length > EVENTS_HELD_MAX) events = events.slice(-EVENTS_HELD_MAX)
          soon()
        },
        gap: () => {
          hasGap = true
          soon()
        },
        'caught-up': () => {
          isRead = true
          soon()
        },
      },
      begun: () => {
        if (isBroken) restart()
        isBroken = false
      },
      broken: () => {
        isBroken = true
      },
    })
    return () => {
      close()
      cancelAnimationFrame(frame)
    }
  }, [query])
  return followed
}
