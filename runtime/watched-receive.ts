/** Watched receive: what a cell does besides, while somebody traces or measures. */
import { Unhandled } from './actor.js'
import type { Ref } from './address.js'
import type { Outcome } from './hop.js'
import type { Incarnation } from './incarnation.js'
import type { Item } from './item.js'
import type { Neighbourhood } from './neighbourhood.js'
import type { TraceContext } from './trace.js'

/** Of a turn that is watched. */
export interface Pace {
  /** When the message before was done with: the next begins there, since nothing lies between. */
  endedMs: number | undefined
}

/** Lets the behaviour have a message, as `Incarnation.receive` does, and tells how that went. */
export function receiveWatched(
  neighbourhood: Neighbourhood, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  const { traces, meter } = neighbourhood
  const isTraced = traces !== undefined && traces.wants?.(item.trace) !== false
  if (!isTraced && !meter) {
    pace.endedMs = undefined
    return incarnation.receive(item)
  }
  if (item.notice?.live === false) return false
  return isTraced ? receiveTraced(neighbourhood, incarnation, item, pace)
    : receiveMeasured(neighbourhood, incarnation, item, pace)
}

function receiveTraced(
  neighbourhood: Neighbourhood, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  // Of messages that are not traced nobody takes it.
  incarnation.takeGiven()
  const self = incarnation.self as Ref<never>
  const began = pace.endedMs ?? neighbourhood.clock.elapsedMs()
  neighbourhood.hopAt(began, 'delivered', item, self)
  let outcome: Outcome = 'crashed'
  try {
    const received = incarnation.receive(item)
    outcome = 'ok'
    return received
  } catch (error) {
    if (error instanceof Unhandled) outcome = 'unhandled'
    throw error
  } finally {
    const ended = done(neighbourhood, self, began, pace, item.trace)
    const given = incarnation.takeGiven()
    neighbourhood.hopAt(ended, 'processed', item, self, { durationMs: ended - began, outcome, given })
  }
}

function receiveMeasured(
  neighbourhood: Neighbourhood, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  const began = pace.endedMs ?? neighbourhood.clock.elapsedMs()
  try {
    return incarnation.receive(item)
  } finally {
    done(neighbourhood, incarnation.self as Ref<never>, began, pace)
  }
}

function done(
  { clock, meter }: Neighbourhood, self: Ref<never>, began: number, pace: Pace, recorded?: TraceContext,
): number {
  const ended = clock.elapsedMs()
  pace.endedMs = ended
  meter?.processed(self, ended - began, recorded)
  return ended
}

/** In the trace of the message that broke it; what its `initial` threw begins one. */
export function restartTraced(
  neighbourhood: Neighbourhood, self: Ref<never>, last: Item | undefined, cause: string,
): void {
  if (!neighbourhood.traces) return
  const began = { message: { type: 'restarted' }, from: undefined, trace: neighbourhood.trace.begin() }
  neighbourhood.hop('restarted', last ?? began, self, cause)
}
