/** Ask, by Warren: one process asks an actor of another, which answers what it was given. */
import type { Actor } from '../../../runtime/actor.js'
import type { Ref } from '../../../runtime/address.js'
import { openLoop, type Schedule } from '../open-loop.js'
import { openBenchNode } from './bench-node.js'
import { BODY, call, type BenchCall, type BenchEvent } from './bench-protocol.js'
import { play } from './play.js'

const DEADLINE_MS = 10_000

const echo: Actor<null, BenchCall> = {
  initial: () => null,
  receive(state, message, ctx) {
    if (message.type === 'question') ctx.tell(message.replyTo, { type: 'answer', body: message.body })
    return state
  },
  accepts: call,
}

let ask: () => Promise<unknown> = () => Promise.reject(new Error('not connected'))

play({
  async listen({ url }: { url: string }) {
    const system = await openBenchNode('master', url)
    return system.spawn('echo', echo)
  },
  async connect({ url, to }: { url: string; to: Ref<BenchCall> }) {
    const system = await openBenchNode('agent', url)
    const question = (replyTo: Ref<BenchEvent>) => ({ type: 'question', replyTo, body: BODY } as const)
    ask = () => system.ask<BenchCall, BenchEvent>(to, question, DEADLINE_MS)
  },
  ask: (schedule: Schedule) => openLoop(schedule, () => ask()),
})
