/** Waiting framework: one that is never served, or does not take what it is offered, for tests of why. */
import type { TestContext } from 'node:test'
import type { Offer } from '../../actors/protocol/scheduler.js'
import type { Wanted } from '../../actors/resources/amounts.js'
import { framework, type FrameworkContext } from '../../actors/scheduler/framework.js'
import type { MemoryHub } from '../../infra/memory/link.js'
import { openFrameworkNode } from '../../infra/node/framework-node.js'
import { SILENT } from './operated-cluster.js'

interface Wish {
  readonly needs?: Wanted
  readonly roles?: readonly string[]
  /** What it does with its first offers; it leaves all others unanswered. */
  readonly answers?: (offers: readonly Offer[], ctx: FrameworkContext) => void
}

/** A framework that does one thing. @returns its id, once it has done that, or is subscribed and waits for it */
export async function joinWaiting(
  t: TestContext, hub: MemoryHub, name: string, { answers, ...wish }: Wish,
): Promise<string> {
  let told: (id: string) => void = () => undefined
  const ready = new Promise<string>((resolve) => { told = resolve })
  const node = await openFrameworkNode<boolean>({
    name, openLink: hub.open, logger: SILENT,
    framework: () => framework<boolean>({
      name, ...wish,
      initial: () => false,
      receive(isDone, event, ctx) {
        if (event.type === 'subscribed' && wish.needs) told(event.frameworkId)
        if (event.type !== 'offers' || isDone) return isDone
        answers?.(event.offers, ctx)
        told(ctx.frameworkId ?? '')
        return true
      },
    }),
  })
  t.after(async () => {
    node.end()
    await node.finished
    await node.close()
  })
  return ready
}
