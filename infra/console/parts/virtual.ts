/** Virtual: which of many rows of one height are in sight. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** Rows drawn beyond each edge, so that scrolling shows no gaps. */
const BEYOND = 12

export interface Sight {
  readonly first: number
  /** The one after the last. */
  readonly end: number
}

export function inSight(scrollTop: number, height: number, rowHeight: number, count: number): Sight {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / rowHeight)) - BEYOND)
  return { first, end: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + BEYOND) }
}

/** Follows the scrolling of an element. */
export function useSight(place: RefObject<HTMLElement | null>, rowHeight: number, count: number): Sight {
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  useLayoutEffect(() => {
    const element = place.current
    if (!element) return undefined
    let frame = 0
    const look = () => {
      frame = 0
      setSeen((before) =>
        before.top === element.scrollTop && before.height === element.clientHeight
          ? before
          : { top: element.scrollTop, height: element.clientHeight },
      )
    }
    const soon = () => {
      frame ||= requestAnimationFrame(look)
    }
    look()
    element.addEventListener('scroll', soon, { passive: true })
    const observer = new ResizeObserver(soon)
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame)
      observer.disconnect()
      element.removeEventListener('scroll', soon)
    }
  }, [])
  return inSight(seen.top, seen.height, rowHeight, count)
}
