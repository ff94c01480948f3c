/**
 * Launch path: a master, an emulated agent and a framework in one process without a broker between them, so
 * that what differs from one log to the next is the log.
 */
import type { TaskInfo } from '../../../actors/protocol/task.js'
import { framework } from '../../../actors/scheduler/framework.js'
import { task } from '../../../actors/scheduler/task.js'
import { silent } from '../../../runtime/logger.js'
import { amqpLog } from '../../amqp/masters-log.js'
import { memoryHub } from '../../memory/link.js'
import { openFrameworkNode } from '../../node/framework-node.js'
import { openMasterNode } from '../../node/master-node.js'
import { fileLog, memoryLog, type OpenSharedLog } from '../../node/shared-log.js'
import { BRIEF, openEmulatedAgent } from '../emulated-agent.js'
import { play } from './play.js'

const CLUSTER = 'path'

export type LogChoice =
  | { readonly type: 'memory' }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'broker'; readonly url: string }

play({
  /** Resolves with the milliseconds from each accept to the start of its process, one after the other. */
  async measure({ log, count }: { log: LogChoice; count: number }): Promise<number[]> {
    const hub = memoryHub()
    const master = await openMasterNode({
      name: 'm1', cluster: CLUSTER, openLink: hub.open, openLog: opened(log), logger: silent,
    })
    await master.begin()
    const latencies: number[] = []
    let acceptedMs = NaN
    await openEmulatedAgent({ name: 'e1', openLink: hub.open, began: () => {
      latencies.push(performance.now() - acceptedMs)
    } })
    const node = await openFrameworkNode({
      name: 'path', openLink: hub.open, logger: silent, framework: () => oneByOne(count, () => {
        acceptedMs = performance.now()
      }),
    })
    await node.finished
    return latencies
  },
})

function opened(log: LogChoice): OpenSharedLog {
  switch (log.type) {
    case 'memory': return memoryLog()
    case 'file': return fileLog(log.path)
    case 'broker': return amqpLog([log.url], CLUSTER, 'master-m1')
  }
}

interface State {
  readonly launched: number
  readonly busy: boolean
}

/** Launches the next task when the last has ended. */
const oneByOne = (count: number, accepting: () => void) => framework<State>({
  name: 'path',
  initial: () => ({ launched: 0, busy: false }),
  receive(state, event, ctx) {
    if (event.type === 'update' && event.update.state === 'FINISHED') {
      if (state.launched === count) ctx.finish()
      else ctx.revive()
      return { ...state, busy: false }
    }
    if (event.type !== 'offers') return state
    const [offer, ...others] = event.offers
    ctx.decline(others)
    if (!offer || state.busy) {
      if (offer) ctx.decline(offer)
      return state
    }
    accepting()
    ctx.accept(offer, [taskOf(state.launched)])
    return { launched: state.launched + 1, busy: true }
  },
})

const taskOf = (number: number): TaskInfo =>
  task({ id: `task-${number}`, resources: { cpus: 1, mem: 32 }, command: [BRIEF] })
