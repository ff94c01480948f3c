/** Painting: keeps the canvas of a diagram what it should show, as it is scrolled and as it grows. */
import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { themeVersion } from '../theme.js'
import { draw } from './draw.js'
import type { Blocks } from './in-window.js'
import type { Diagram } from './model.js'

/** Of the names of the lanes, which stay above. */
export const HEAD_PX = 46
const END_PX = 40

interface Painted {
  readonly diagram: Diagram
  readonly blocks: Blocks
  readonly chosen: string | undefined
  /** Somebody scrolls away from the end. */
  readonly leave: () => void
}

/** @returns what brings a height of the diagram into sight */
export function usePainting(
  frame: RefObject<HTMLDivElement | null>,
  canvas: RefObject<HTMLCanvasElement | null>,
  { diagram, blocks, chosen, leave }: Painted,
): (y: number) => void {
  const version = themeVersion.value
  const isOwn = useRef(false)
  useEffect(() => {
    const [place, sheet] = [frame.current, canvas.current]
    if (!place || !sheet) return undefined
    let waiting = 0
    const paint = () => {
      waiting = 0
      const [width, height] = [place.clientWidth, place.clientHeight - HEAD_PX]
      Object.assign(sheet.style, { width: `${width}px`, height: `${height}px` })
      draw(sheet, diagram, blocks, { left: place.scrollLeft, top: place.scrollTop, width, height }, chosen)
    }
    const soon = () => {
      waiting ||= requestAnimationFrame(paint)
    }
    const scrolled = () => {
      if (!isOwn.current && place.scrollTop + place.clientHeight < place.scrollHeight - END_PX) leave()
      isOwn.current = false
      soon()
    }
    paint()
    place.addEventListener('scroll', scrolled, { passive: true })
    const observer = new ResizeObserver(soon)
    observer.observe(place)
    return () => {
      cancelAnimationFrame(waiting)
      place.removeEventListener('scroll', scrolled)
      observer.disconnect()
    }
  }, [diagram, chosen, version, leave])
  return (y) => {
    const place = frame.current
    if (!place) return
    isOwn.current = true
    place.scrollTop = y
  }
}
