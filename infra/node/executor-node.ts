/** Executor node: the process of a custom executor; lives until the executor finishes or its agent stays away. */
import { executorActor, type Executor, type WorkRequest } from '../../actors/executor/executor.js'
import type { ExecutorCall } from '../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId } from '../../actors/protocol/ids.js'
import type { Ref } from '../../runtime/address.js'
import { ESCALATE } from '../../runtime/supervision.js'
import { openNode, type NodeOptions } from './node.js'

export interface ExecutorNodeOptions extends Omit<NodeOptions, 'kind'> {
  readonly executor: Executor<unknown, unknown>
  readonly agent: Ref<ExecutorCall>
  readonly frameworkId: FrameworkId
  readonly executorId: ExecutorId
  /** How long it may be cut off from its agent before it ends: nobody else would end it. */
  readonly aloneMaxMs: number
}

/** Resolves when the executor has left the cluster: it has finished, its agent is gone, or it is cut off. */
export async function runExecutorNode(options: ExecutorNodeOptions): Promise<void> {
  const system = await openNode({ ...options, kind: 'executor' })
  const worker = system.port<WorkRequest>('worker', ({ work, failed, replyTo }) => {
    work().then(
      (result) => system.tell(replyTo, { type: 'worked', result }),
      (error: unknown) => system.tell(replyTo, { type: 'worked', result: failed(error) }),
    )
  })
  await new Promise<void>((resolve) => {
    const owner = system.port<{ readonly type: 'executor-finished' }>('owner', () => resolve())
    const { agent, frameworkId, executorId } = options
    // One that failed has forgotten its tasks; when its process ends, the agent answers for them.
    const actor = executorActor(options.executor, { agent, frameworkId, executorId, worker, owner })
    const ref = system.spawn('executor', actor, ESCALATE)
    let alone: NodeJS.Timeout | undefined
    system.onConnection((state) => {
      clearTimeout(alone)
      if (state === 'disconnected') alone = setTimeout(resolve, options.aloneMaxMs)
      if (state === 'connected') system.tell(ref, { type: 'reconnected' })
    })
  })
  await system.stop()
}
