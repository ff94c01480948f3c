/** Framework node: runs one framework until it has finished, or is ended from outside. */
import { userInfo } from 'node:os'
import type { Framework } from '../../actors/scheduler/framework.js'
import { LEADER_PATH } from '../../actors/protocol/leadership.js'
import { scheduler } from '../../actors/scheduler/scheduler.js'
import type { Message, OwnerEvent } from '../../actors/scheduler/state.js'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import type { Ref } from '../../runtime/address.js'
import type { System } from '../../runtime/system.js'
import { openNode, type NodeOptions } from './node.js'

export interface FrameworkNodeOptions<State, Told> extends Omit<NodeOptions, 'kind'> {
  /** Given the node's system, so that a framework can be lent ports of its own. */
  readonly framework: (system: System) => Framework<State, Told>
  readonly frameworkId?: FrameworkId
  /** Unless its author declares one. */
  readonly failoverTimeoutMs?: number
  /** Called each time the framework is subscribed. */
  readonly subscribed?: (frameworkId: FrameworkId, cluster: string) => void
}

export interface FrameworkNode<Told> {
  readonly system: System
  /** The exit code that the framework finished with. Rejects when the cluster refuses the framework. */
  readonly finished: Promise<number>
  /** Its id, once it has ended where no master heard of it: its tasks run on. */
  readonly left: () => FrameworkId | undefined
  tell(told: Told): void
  /** Ends the framework and its tasks; `finished` follows. */
  end(): void
  /** Leaves; with a failover timeout the tasks run on. */
  close(): Promise<void>
}

export async function openFrameworkNode<State, Told = never>(
  options: FrameworkNodeOptions<State, Told>,
): Promise<FrameworkNode<Told>> {
  const system = await openNode({ ...options, kind: 'framework' })
  // A scheduler that is restarted after a fault must come back as the same framework, with its tasks.
  const resume: { frameworkId?: FrameworkId } = {}
  if (options.frameworkId !== undefined) resume.frameworkId = options.frameworkId
  let ref: Ref<Message<Told>>
  let left: FrameworkId | undefined
  const finished = new Promise<number>((resolve, reject) => {
    const owner = system.port<OwnerEvent>('owner', (event) => {
      switch (event.type) {
        case 'subscribed':
          resume.frameworkId = event.frameworkId
          return options.subscribed?.(event.frameworkId, event.cluster)
        case 'finished':
          if (event.unheard) left = resume.frameworkId
          return resolve(event.exitCode)
        case 'refused': return reject(new Error(event.problem))
      }
    })
    const { failoverTimeoutMs } = options
    const schedulerOptions = Object.assign(resume, {
      user: userInfo().username, owner, ...(failoverTimeoutMs === undefined ? {} : { failoverTimeoutMs }),
    })
    ref = system.spawn(LEADER_PATH.framework, scheduler(options.framework(system), schedulerOptions))
  })
  system.onConnection((state) => {
    if (state === 'connected') system.tell(ref, { type: 'reconnected' })
  })
  return {
    system, finished, left: () => left,
    tell: (told) => system.tell(ref, { type: 'told', told }),
    end: () => system.tell(ref, { type: 'end' }),
    close: () => system.stop(),
  }
}
