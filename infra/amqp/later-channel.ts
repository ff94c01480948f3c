/** Later channel: a kept channel that need not be there yet; it is tried until it is had, and nobody waits. */
import type { Channel } from 'amqplib'
import { type Backoff, backoffMs } from '../backoff.js'
import { KeptChannel, type KeptChannelOptions } from './kept-channel.js'

const RETRY: Backoff = { firstMs: 500, maxMs: 5_000 }

export interface LaterChannel {
  /** Undefined while it is not there. */
  readonly current: Channel | undefined
  /** Resolves once it is there, or the latest attempt to have it has failed. */
  tried(): Promise<void>
  close(): Promise<void>
}

export function openLater(options: KeptChannelOptions): LaterChannel {
  let kept: KeptChannel | undefined
  let retry: NodeJS.Timeout | undefined
  let isClosed = false
  let opening: Promise<void>
  const open = async (attempt: number): Promise<void> => {
    try {
      const opened = await KeptChannel.open(options)
      if (isClosed) return await opened.close()
      kept = opened
    } catch {
      if (isClosed) return
      retry = setTimeout(() => { opening = open(attempt + 1) }, backoffMs(RETRY, attempt))
      retry.unref()
    }
  }
  opening = open(0)
  return {
    get current() {
      return kept?.current
    },
    tried: () => opening,
    async close() {
      isClosed = true
      clearTimeout(retry)
      await opening
      await kept?.close()
    },
  }
}
