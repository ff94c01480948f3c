/**
 * Source: server-sent events of whoever leads. One that breaks off, or is silent for long, begins anew with the
 * next leader.
 */
import { address, seekLeader } from './masters.js'

/** One that is refused is asked again, but not at once. */
const REFUSED_AGAIN_MS = 3_000

export interface SourceWish {
  /** @param isAgain something was heard before */
  readonly path: (isAgain: boolean) => string
  readonly on: Readonly<Record<string, (data: unknown) => void>>
  /** The answer has begun, or begun anew. */
  readonly begun?: () => void
  readonly broken?: () => void
  /** The master does not want to tell. */
  readonly refused?: () => void
  /** It says something at least so often; what is silent for longer is given up. */
  readonly silenceMaxMs?: number
}

/** @returns what ends it */
export function openSource({ path, on, begun, broken, refused, silenceMaxMs }: SourceWish): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let [isOver, isAgain] = [false, false]
  const awaitWord = () => {
    if (silenceMaxMs === undefined) return
    clearTimeout(timer)
    timer = setTimeout(fail, silenceMaxMs)
  }
  const fail = () => {
    clearTimeout(timer)
    source?.close()
    if (isOver) return
    broken?.()
    void seekLeader().then(() => {
      if (!isOver) open()
    })
  }
  const open = () => {
    const own = new EventSource(address(path(isAgain)))
    source = own
    let isOpen = false
    awaitWord()
    own.onopen = () => {
      ;[isOpen, isAgain] = [true, true]
      begun?.()
    }
    own.onerror = () => {
      const isRefused = !isOpen && own.readyState === EventSource.CLOSED
      if (!isRefused) return fail()
      clearTimeout(timer)
      own.close()
      refused?.()
      timer = setTimeout(fail, REFUSED_AGAIN_MS)
    }
    for (const [event, heard] of Object.entries(on)) {
      own.addEventListener(event, (message) => {
        awaitWord()
        heard(JSON.parse((message as MessageEvent<string>).data))
      })
    }
  }
  open()
  return () => {
    isOver = true
    clearTimeout(timer)
    source?.close()
  }
}
