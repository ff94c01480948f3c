/** Tracing: what a node records of its messages, and where that goes. */
import type { NodeAddress } from '../../runtime/address.js'
import type { HopRecorder } from '../../runtime/hop.js'
import type { OpenHopOutlet } from './hop-bus.js'
import { HopRelay } from './hop-relay.js'
import { HopRing } from './hop-ring.js'
import { otlpOfEnvironment } from './otlp-environment.js'

export interface Tracing {
  /** Of all traces, so many are recorded: 0 to 1. */
  readonly part: number
  /** Where whoever watches the cluster listens; more than one for a node that has several. */
  readonly openOutlet?: OpenHopOutlet | undefined
}

export interface NodeTracing {
  readonly recorder: HopRecorder
  /** Tells what is left; within a few seconds. */
  close(): Promise<void>
}

/** Undefined when nothing is recorded. */
export function openTracing(node: NodeAddress, { part, openOutlet }: Tracing): NodeTracing | undefined {
  if (part <= 0) return undefined
  const ring = new HopRing(node, part)
  const outlets = [openOutlet?.(node), otlpOfEnvironment(node)].filter((outlet) => outlet !== undefined)
  const relays = outlets.map((outlet) => new HopRelay(ring, outlet))
  return {
    recorder: ring,
    close: async () => {
      await Promise.all(relays.map((relay) => relay.close()))
    },
  }
}
