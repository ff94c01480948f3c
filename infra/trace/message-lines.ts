/** Message lines: hops as they come, as one line for each message and receiver, once it is handled. */
import type { HopRecord } from './hop-record.js'
import { sequenceOf } from './sequence.js'
import { shortIdOf } from './trace-id.js'
import { detailsOf, wayOf } from './trace-text.js'

/** Messages that are under way, whose earlier hops are remembered. */
export const HOPS_OPEN_MAX = 10_000

export class MessageLines {
  private readonly open = new Map<string, HopRecord[]>()

  /** The line of the message that this hop ends; undefined when more will come of it. */
  of(hop: HopRecord): string | undefined {
    const key = hop.span
    const hops = [...this.open.get(key) ?? [], hop]
    const { kind, to, atMs, trace } = hop
    if (kind === 'restarted') return `${timeOf(atMs)}  ${to} begins anew: ${hop.reason}\n`
    if (kind !== 'processed' && kind !== 'dropped') {
      // An answer that an actor has asked for is then given to it; what ports get is handled when it is given.
      const isPorts = kind === 'delivered' && /\/port\.[^/]+$/.test(to)
      if (!isPorts) return this.remember(key, hops)
    }
    this.open.delete(key)
    const arrow = sequenceOf(hops).arrows.find((each) => each.to.endsWith(to.slice(to.indexOf('/'))))
    if (!arrow) return undefined
    const words = [timeOf(atMs), wayOf(arrow), arrow.type, detailsOf(arrow), shortIdOf(trace)]
    return `${words.filter(Boolean).join('  ')}\n`
  }

  private remember(key: string, hops: HopRecord[]): undefined {
    this.open.delete(key)
    this.open.set(key, hops)
    if (this.open.size <= HOPS_OPEN_MAX) return
    const [oldest] = this.open.keys()
    this.open.delete(oldest as string)
  }
}

/** `12:00:01.204`, of this machine. */
export function timeOf(atMs: number): string {
  const date = new Date(atMs)
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((each) => String(each).padStart(2, '0'))
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
