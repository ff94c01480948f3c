/** Hops: what happens to messages, as it happens, or as a file has it. What a page holds is bounded, and said. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { recordOf, type HopJson, type HopRecord } from '../../trace/hop-record.js'
import { recordsOf, type HopRows } from '../../trace/hop-rows.js'
import { sentence } from '../api.js'
import type { Gap } from '../leader-change.js'
import { lastLeader, leader } from '../masters.js'
import { openSource } from '../source.js'

/** Hops that a page holds while it looks on; older ones are let go. */
export const LIVE_HOPS_MAX = 20_000
const SHOW_MS = 400

/** What is asked for of the past: at first, and of what a gap has missed. */
const BACKLOG = '2000'
const CAUGHT_UP = '20000'
/** Hops come in nearly the order of their times. */
const DISORDER_MS = 5_000

export interface Hops {
  readonly hops: readonly HopRecord[]
  readonly isRead: boolean
  /** How many were not seen, or are not held any more. */
  readonly missed: number
  /** How many have come since it was paused. */
  readonly waiting: number
  /** When nobody was listened to. */
  readonly gaps: readonly Gap[]
  readonly problem: string | undefined
}

const NONE: Hops = { hops: [], isRead: false, missed: 0, waiting: 0, gaps: [], problem: undefined }

interface Held {
  hops: HopRecord[]
  missed: number
  gaps: readonly Gap[]
  timer: number
}

const newHeld = (): Held => ({ hops: [], missed: 0, gaps: [], timer: 0 })

/** @param wish query of `/v1/hops`, without `backlog` */
export function useLiveHops(
  wish: string,
  isPaused: boolean,
  isWanted: boolean,
): Hops & { readonly clear: () => void } {
  const [shown, setShown] = useState<Hops>(NONE)
  const paused = useRef(isPaused)
  const held = useRef<Held>(newHeld())
  paused.current = isPaused
  const show = (problem?: string) => {
    const { hops, missed, gaps } = held.current
    held.current.timer = 0
    setShown((before) =>
      paused.current
        ? { ...before, waiting: hops.length - before.hops.length, gaps, problem }
        : { hops: [...hops], isRead: true, missed, waiting: 0, gaps, problem },
    )
  }
  const soon = () => {
    held.current.timer ||= window.setTimeout(show, SHOW_MS)
  }
  useEffect(() => {
    if (!isPaused) show()
  }, [isPaused])
  useEffect(() => {
    held.current = newHeld()
    setShown(NONE)
    if (!isWanted) return undefined
    let broken: Omit<Gap, 'untilMs' | 'is'> | undefined
    let [known, sinceMs] = [new Set<string>(), Number.NEGATIVE_INFINITY]
    const close = openSource({
      path: (isAgain) => `/v1/hops?${wish === '' ? '' : `${wish}&`}backlog=${isAgain ? CAUGHT_UP : BACKLOG}`,
      on: {
        hop: (data) => {
          const hop = recordOf(data as HopJson)
          // What is told again of the time around a gap is known, or was let go.
          if (hop.atMs < sinceMs || known.has(keyOf(hop))) return
          hold(held.current, hop, paused.current)
          soon()
        },
        gap: (data) => {
          held.current.missed += (data as { readonly missed: number }).missed
          soon()
        },
      },
      begun: () => {
        if (broken) held.current.gaps = [...held.current.gaps, { ...broken, untilMs: Date.now(), is: leader.value }]
        broken = undefined
        soon()
      },
      broken: () => {
        const { hops } = held.current
        broken ??= { fromMs: Math.min(Date.now(), hops.at(-1)?.atMs ?? Date.now()), was: lastLeader() }
        sinceMs = broken.fromMs - DISORDER_MS
        known = new Set(hops.filter(({ atMs }) => atMs >= sinceMs).map(keyOf))
      },
      refused: () => show('this master does not tell what happens to messages'),
    })
    return () => {
      close()
      clearTimeout(held.current.timer)
    }
  }, [wish, isWanted])
  return {
    ...shown,
    clear: () => {
      held.current = newHeld()
      setShown({ ...NONE, isRead: true })
    },
  }
}

function hold(own: Held, hop: HopRecord, isPaused: boolean): void {
  own.hops.push(hop)
  const surplus = own.hops.length - LIVE_HOPS_MAX
  if (surplus > LIVE_HOPS_MAX / 10 && !isPaused) {
    own.hops.splice(0, surplus)
    own.missed += surplus
    own.gaps = own.gaps.filter(({ untilMs }) => untilMs >= (own.hops[0]?.atMs ?? 0))
  } else if (surplus > LIVE_HOPS_MAX) {
    // Paused for long: what comes now is counted, and what is looked at stays.
    own.hops.pop()
    own.missed++
  }
}

const keyOf = ({ span, kind, node, to }: HopRecord): string => `${span}${kind}${node}${to}`

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
