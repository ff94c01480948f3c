/** Growing: what goes on to be written, in sight as it comes, also when another master leads by then. */
import { useEffect, useState } from 'preact/hooks'
import { followOn, type Leading } from './follow-on.js'
import { followLines, type Opened } from './json-lines.js'
import { changes, seekLeader } from './masters.js'

export interface Growth<L, S> {
  /** Where it is read. Another one is something else to see. */
  readonly path: string
  readonly nothing: S
  /** What is in sight when an answer has begun; a later one begins with the same. */
  readonly begun?: (answer: Opened) => S
  readonly heard: (held: S, line: L) => S
}

export interface Grown<S> {
  readonly held: S
  readonly stage: 'reading' | 'following' | 'over' | 'broken'
  /** Why there is no more of it, where that is not its end. */
  readonly problem: string | undefined
}

export function useGrowing<L extends object, S>({ path, nothing, begun, heard }: Growth<L, S>): Grown<S> {
  const [grown, setGrown] = useState<Grown<S>>({ held: nothing, stage: 'reading', problem: undefined })
  useEffect(() => {
    const own = new AbortController()
    let [now, waits]: [Grown<S>, number] = [{ held: nothing, stage: 'reading', problem: undefined }, 0]
    const show = (next: Partial<Grown<S>>) => {
      now = { ...now, problem: undefined, ...next }
      waits ||= requestAnimationFrame(() => {
        waits = 0
        setGrown(now)
      })
    }
    setGrown(now)
    const read = (signal: AbortSignal) => followLines<L>(
      path, signal, (line) => show({ held: heard(now.held, line) }),
      (answer) => show({ stage: 'following', held: begun ? begun(answer) : nothing }),
    )
    void followOn(
      { read, over: (problem) => show({ stage: 'over', problem }), broken: () => show({ stage: 'broken' }) },
      LEADING, own.signal,
    )
    return () => {
      own.abort()
      cancelAnimationFrame(waits)
    }
  }, [path])
  return grown
}

/** In the words that stand beside it. */
export const GONE = 'the leader is gone; going on with the next …'

const LEADING: Leading = {
  seek: seekLeader,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  onChange(changed) {
    let isFirst = true
    // A signal tells at once what it is.
    return changes.subscribe(() => {
      if (!isFirst) changed()
      isFirst = false
    })
  },
}
