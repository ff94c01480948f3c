/** Faulty process: one node whose actor receives two messages, then does what the command line says. */
import { memoryHub } from '../../../infra/memory/link.js'
import { openNode } from '../../../infra/node/node.js'
import { watchFaults, watchStalls } from '../../../infra/node/process-watch.js'
import { STALL_MS } from '../../../infra/node/stalls.js'
import { prettyLogger } from '../../../infra/pretty-logger.js'
import type { Actor } from '../../../runtime/actor.js'
import { ESCALATE } from '../../../runtime/supervision.js'

type Order = { readonly type: 'begin'; readonly taskId: string; readonly secret: string } | { readonly type: 'fail' }

const FAULTS: Readonly<Record<string, () => void>> = {
  exception: () => setImmediate(() => {
    throw new Error('thrown by a port')
  }),
  rejection: () => void Promise.reject(new Error('rejected by a port')),
  collapse: () => {
    throw new Error('thrown by an actor')
  },
  stall: () => setImmediate(() => {
    const until = performance.now() + 2 * STALL_MS
    while (performance.now() < until);
  }),
}

const logger = prettyLogger('info')
watchFaults(logger)
watchStalls(logger)
const node = await openNode({ kind: 'agent', name: 'faulty', openLink: memoryHub().open, logger })
const actor: Actor<null, Order> = {
  initial: () => null,
  receive(state, { type }) {
    if (type === 'fail') FAULTS[process.argv[2] ?? '']?.()
    return state
  },
}
const ref = node.spawn('actor', actor, ESCALATE)
node.tell(ref, { type: 'begin', taskId: 'task-1', secret: 'password' })
node.tell(ref, { type: 'fail' })
// Until it ends by its fault, or is killed.
setInterval(() => undefined, 1_000)
