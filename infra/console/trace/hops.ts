/** Hops: what happens to messages, as it happens, or as a file has it. What a page holds is bounded, and said. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { recordOf, type HopJson, type HopRecord } from '../../trace/hop-record.js'
import { recordsOf, type HopRows } from '../../trace/hop-rows.js'
import { sentence } from '../api.js'

/** Hops that a page holds while it looks on; older ones are let go. */
export const LIVE_HOPS_MAX = 20_000
const SHOW_MS = 400

export interface Hops {
  readonly hops: readonly HopRecord[]
  readonly isRead: boolean
  /** How many were not seen, or are not held any more. */
  readonly missed: number
  /** How many have come since it was paused. */
  readonly waiting: number
  readonly problem: string | undefined
}

const NONE: Hops = { hops: [], isRead: false, missed: 0, waiting: 0, problem: undefined }

/** @param query of `/v1/hops` */
export function useLiveHops(
  query: string,
  isPaused: boolean,
  isWanted: boolean,
): Hops & { readonly clear: () => void } {
  const [shown, setShown] = useState<Hops>(NONE)
  const paused = useRef(isPaused)
  const held = useRef<{ hops: HopRecord[]; missed: number; timer: number }>({ hops: [], missed: 0, timer: 0 })
  paused.current = isPaused
  const show = (problem?: string) => {
    const { hops, missed } = held.current
    held.current.timer = 0
    setShown((before) =>
      paused.current
        ? { ...before, waiting: hops.length - before.hops.length, problem }
        : { hops: [...hops], isRead: true, missed, waiting: 0, problem },
    )
  }
  const soon = () => {
    held.current.timer ||= window.setTimeout(show, SHOW_MS)
  }
  useEffect(() => {
    if (!isPaused) show()
  }, [isPaused])
  useEffect(() => {
    held.current = { hops: [], missed: 0, timer: 0 }
    setShown(NONE)
    if (!isWanted) return undefined
    const source = new EventSource(`/v1/hops?${query}`)
    source.addEventListener('hop', (message) => {
      const own = held.current
      own.hops.push(recordOf(JSON.parse((message as MessageEvent<string>).data) as HopJson))
      const surplus = own.hops.length - LIVE_HOPS_MAX
      if (surplus > LIVE_HOPS_MAX / 10 && !paused.current) {
        own.hops.splice(0, surplus)
        own.missed += surplus
      } else if (surplus > LIVE_HOPS_MAX) {
        // Paused for long: what comes now is counted, and what is looked at stays.
        own.hops.pop()
        own.missed++
      }
      soon()
    })
    source.addEventListener('gap', (message) => {
      held.current.missed += (JSON.parse((message as MessageEvent<string>).data) as { missed: number }).missed
      soon()
    })
    source.onopen = () => soon()
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) show('this master does not tell what happens to messages')
    }
    return () => {
      source.close()
      clearTimeout(held.current.timer)
    }
  }, [query, isWanted])
  return {
    ...shown,
    clear: () => {
      held.current = { hops: [], missed: 0, timer: 0 }
      setShown({ ...NONE, isRead: true })
    },
  }
}

/** A recording that `warren trace open` serves. */
export function useFileHops(isWanted: boolean): Hops {
  const [shown, setShown] = useState<Hops>(NONE)
  useEffect(() => {
    if (!isWanted) return undefined
    const own = new AbortController()
    fetch('/v1/recording', { signal: own.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the recording cannot be read (status ${response.status})`)
        const lines = (await response.text()).split('\n').filter((line) => line !== '')
        const hops = lines.flatMap((line) => recordsOf(JSON.parse(line) as HopRows))
        setShown({ ...NONE, hops, isRead: true })
      })
      .catch((error: unknown) => {
        if (!own.signal.aborted) setShown({ ...NONE, isRead: true, problem: sentence(error) })
      })
    return () => own.abort()
  }, [isWanted])
  return shown
}
