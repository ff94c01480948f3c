/**
 * Broken: rules of Warren that are broken on purpose, one at a time, to see that the simulator notices. Each
 * wraps a behaviour or a port; nothing of Warren itself knows of it.
 */
import type { State as AgentState } from '../../actors/agent/state.js'
import type { State as RegistrarState } from '../../actors/master/registrar-state.js'
import type { Actor } from '../../runtime/actor.js'
import { Wrapped } from './watched.js'

export const RULES = {
  'stale-epoch': 'an agent obeys no master older than the newest it has met',
  'launch-once': 'an agent takes no launch twice',
  'read-back': 'written is not committed',
  'journal-first': 'an answer of the journal means that it is kept',
  'send-again': 'an update is sent until it is acknowledged',
} as const
export type Rule = keyof typeof RULES

interface Said {
  readonly type: string
}

export function breakAgent<S, M extends Said>(real: Actor<S, M>, rule: Rule | undefined): Actor<S, M> {
  switch (rule) {
    case 'stale-epoch': return obeyAll(real)
    case 'launch-once': return forgetLaunches(real)
    case 'send-again': return sendOnce(real)
    default: return real
  }
}

export function breakRegistrar<S, M extends Said>(real: Actor<S, M>, rule: Rule | undefined): Actor<S, M> {
  if (rule !== 'read-back') return real
  return {
    ...real,
    receive: (state, message, ctx) => {
      const next = real.receive(state, message, ctx)
      const { phase, master, replay } = next as unknown as RegistrarState
      const { type, token } = message as { type: string; token?: number }
      if (type === 'append' && phase === 'leading' && master && token !== undefined) {
        ctx.tell(master, { type: 'committed', token, replay })
      }
      return next
    },
  }
}

const obeyAll = <S, M extends Said>(real: Actor<S, M>): Actor<S, M> => ({
  ...real,
  receive: (state, message, ctx) => {
    const { epoch } = state as unknown as AgentState
    const isStale = 'epoch' in message && (message.epoch as number) < epoch
    return real.receive(state, isStale ? { ...message, epoch } : message, ctx)
  },
})

const forgetLaunches = <S, M extends Said>(real: Actor<S, M>): Actor<S, M> => ({
  ...real,
  receive: (state, message, ctx) => {
    const { memory } = state as unknown as AgentState
    if (message.type === 'run-task' && 'launchId' in message) memory.launches.delete(message.launchId as never)
    return real.receive(state, message, ctx)
  },
})

/** Wraps the actor below the agent that sees updates through: each leaves it once. */
function sendOnce<S, M extends Said>(real: Actor<S, M>): Actor<S, M> {
  const deaf = new Wrapped<never>((ctx, wrapped) => {
    const sent = new Set<unknown>()
    wrapped.tell = (to, message) => {
      const { type, update } = message as { type: string; update?: { updateId?: string } }
      if (type === 'task-status' && sent.has(update?.updateId)) return
      if (type === 'task-status') sent.add(update?.updateId)
      ctx.tell(to, message)
    }
  })
  const once = <A, B>(actor: Actor<A, B>): Actor<A, B> => ({
    ...actor,
    receive: (state, message, ctx) => actor.receive(state, message, deaf.of(ctx as never) as never),
  })
  const spawning = new Wrapped<M>((ctx, wrapped) => {
    wrapped.spawn = (name, actor, supervision) => ctx.spawn(name, name === 'updates' ? once(actor) : actor, supervision)
  })
  return { ...real, receive: (state, message, ctx) => real.receive(state, message, spawning.of(ctx)) }
}
