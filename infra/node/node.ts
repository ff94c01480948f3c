/**
 * Node: one member of a cluster, in this process: an actor system on nact, joined to the others by a
 * link. Every kind of node (master, agent, framework, executor) begins here.
 */
import { registry } from '../../actors/protocol/registry.js'
import { nodeAddress, type NodeKind } from '../../runtime/address.js'
import type { Ports } from '../../runtime/kernel.js'
import type { Logger, LogLevel } from '../../runtime/logger.js'
import { nactTurns } from '../../runtime/nact.js'
import { randomName } from '../../runtime/random.js'
import { System } from '../../runtime/system.js'
import { recorderOf, type HopRecorder, type TraceSink } from '../../runtime/hop.js'
import type { Connection } from '../../runtime/transport.js'
import { systemClock } from '../clock.js'
import type { OpenLink } from '../link.js'
import { openPost } from '../post.js'
import { systemRandom } from '../random.js'
import { sinkOfEnvironment } from '../trace/process-sink.js'
import { openTracing, type Tracing } from '../trace/tracing.js'
import { outline, remember } from './last-words.js'
import { spawnVitals } from './vitals-port.js'

export interface NodeOptions {
  readonly kind: NodeKind
  /** What tells it from others of its kind. */
  readonly name: string
  readonly openLink: OpenLink
  readonly logger: Logger
  /** Told of every hop; for whoever started this node and watches it. */
  readonly traces?: TraceSink
  /** What it records for whoever watches the cluster; nothing unless given. */
  readonly tracing?: Tracing | undefined
  /** The top of the node's tree has failed beyond repair; the process should end. */
  readonly collapsed?: (error: unknown) => void
}

const INCARNATION_LENGTH = 8
/** A first connection that takes longer is told of, and again as often: somebody is waiting for it. */
export const CONNECTING_SLOW_MS = 5_000
const CONNECTION_SAID: Readonly<Record<Connection, readonly [LogLevel, string]>> = {
  connected: ['info', 'connected again'],
  disconnected: ['warn', 'the connection to the other nodes is lost; trying to get it back'],
  blocked: ['warn', 'the broker takes no more messages until it has room'],
}

/** Resolves once the node can send and be reached; rejects when the link cannot be opened. */
export async function openNode(options: NodeOptions): Promise<System> {
  const { kind, name, openLink, logger, traces = sinkOfEnvironment() } = options
  const incarnation = randomName(systemRandom, INCARNATION_LENGTH)
  const self = nodeAddress(kind, name, incarnation)
  const collapsed: Ports['collapsed'] = (actor, error, messages) => {
    logger.log('error', 'the node cannot go on', {
      actor, error: error instanceof Error ? error.stack : String(error), lastMessages: messages.map(outline),
    })
    if (options.collapsed) options.collapsed(error)
    else process.exit(1)
  }
  const recorded = options.tracing && openTracing(self, options.tracing)
  const recorder = both(traces, recorded?.recorder)
  const system = new System(self, {
    turns: nactTurns(self.replace('@', '.')), clock: systemClock, random: systemRandom, logger, registry,
    ...(recorder ? { traces: recorder } : {}), collapsed,
  })
  system.onConnection((state, reason) => {
    const [level, text] = CONNECTION_SAID[state]
    logger.log(level, text, reason === undefined ? {} : { reason })
  })
  const connecting = setInterval(() => {
    logger.log('info', 'still connecting to the other nodes', {})
  }, CONNECTING_SLOW_MS)
  await system.join(async (receiver) => {
    const transport = await openPost(self, openLink, receiver).finally(() => clearInterval(connecting))
    if (!recorded) return transport
    const close = async (): Promise<void> => {
      await transport.close()
      await recorded.close()
    }
    return { ...transport, close }
  })
  spawnVitals(system)
  remember(system)
  return system
}

function both(sink: TraceSink | undefined, recorder: HopRecorder | undefined): HopRecorder | undefined {
  if (!sink) return recorder
  const told = recorderOf(sink)
  if (!recorder) return told
  return {
    record(...hop) {
      told.record(...hop)
      recorder.record(...hop)
    },
    processed(...hop) {
      told.processed(...hop)
      recorder.processed(...hop)
    },
  }
}
