/** Watched receive: what a cell does besides, while somebody traces or measures. */
import { Unhandled } from './actor.js'
import type { Ref } from './address.js'
import type { Outcome } from './hop.js'
import type { Hops, Pace } from './hops.js'
import type { Incarnation } from './incarnation.js'
import type { Item } from './item.js'
import type { Neighbourhood } from './neighbourhood.js'

/** Lets the behaviour have a message, as `Incarnation.receive` does, and tells how that went. */
export function receiveWatched(
  neighbourhood: Neighbourhood, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  const { traces, meter } = neighbourhood
  const tracing = traces?.wants(item.trace) ? traces : undefined
  if (!tracing && !meter) {
    pace.endedMs = Number.NaN
    return incarnation.receive(item)
  }
  if (item.notice?.live === false) return false
  if (Number.isNaN(pace.endedMs)) pace.endedMs = neighbourhood.clock.elapsedMs()
  pace.beganMs = pace.endedMs
  return tracing ? receiveTraced(neighbourhood, tracing, incarnation, item, pace)
    : receiveMeasured(neighbourhood, incarnation, item, pace)
}

function receiveTraced(
  { clock, meter }: Neighbourhood, traces: Hops, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  // Of messages that are not traced nobody takes it.
  incarnation.takeGiven()
  const self = incarnation.self as Ref<never>
  traces.delivered(item, self, pace)
  let outcome: Outcome = 'crashed'
  try {
    const received = incarnation.receive(item)
    outcome = 'ok'
    return received
  } catch (error) {
    if (error instanceof Unhandled) outcome = 'unhandled'
    throw error
  } finally {
    pace.endedMs = clock.elapsedMs()
    meter?.processed(self, pace.endedMs - pace.beganMs, item.trace)
    traces.processed(item, self, pace, outcome, incarnation.takeGiven())
  }
}

function receiveMeasured(
  { clock, meter }: Neighbourhood, incarnation: Incarnation, item: Item, pace: Pace,
): boolean {
  try {
    return incarnation.receive(item)
  } finally {
    pace.endedMs = clock.elapsedMs()
    meter?.processed(incarnation.self as Ref<never>, pace.endedMs - pace.beganMs)
  }
}

/** In the trace of the message that broke it; what its `initial` threw begins one. */
export function restartTraced(
  neighbourhood: Neighbourhood, self: Ref<never>, last: Item | undefined, cause: string,
): void {
  if (!neighbourhood.traces) return
  const began = { message: { type: 'restarted' }, from: undefined, trace: neighbourhood.trace.begin() }
  neighbourhood.traces.hop('restarted', last ?? began, self, cause)
}
