/** Follow: how busy one machine is, again and again while its page is open and seen. */
import { useEffect, useState } from 'preact/hooks'
import type { MachineUsage } from '../../../actors/protocol/usage.js'
import { get, sentence } from '../api.js'
import { kept } from './parts.js'

export const FOLLOW_MS = 2_000
/** Five minutes. */
export const FOLLOWED_MAX = 150

export interface Followed {
  readonly usage: MachineUsage | undefined
  /** The oldest first. */
  readonly past: readonly MachineUsage[]
  readonly problem: string | undefined
}

const NOTHING: Followed = { usage: undefined, past: [], problem: undefined }

/** @param isThere whether its agent can be asked */
export function useFollowed(agent: string, isThere: boolean): Followed {
  const [followed, setFollowed] = useState<Followed>(NOTHING)
  useEffect(() => {
    const own = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    setFollowed(NOTHING)
    const again = () => {
      if (!own.signal.aborted) timer = setTimeout(turn, FOLLOW_MS)
    }
    const turn = () => {
      if (document.hidden) return again()
      get<{ usage: MachineUsage }>(`/v1/agents/${encodeURIComponent(agent)}/usage`, own.signal)
        .then(
          ({ usage }) =>
            setFollowed(({ past }) => ({ usage, past: kept(past, usage, FOLLOWED_MAX), problem: undefined })),
          (error: unknown) => {
            if (!own.signal.aborted) setFollowed(({ past }) => ({ usage: undefined, past, problem: sentence(error) }))
          },
        )
        .finally(again)
    }
    if (isThere) turn()
    return () => {
      own.abort()
      clearTimeout(timer)
    }
  }, [agent, isThere])
  return followed
}
