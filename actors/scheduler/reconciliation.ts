/**
 * Reconciliation: a scheduler that subscribes to another master, or in another process, learns what has become of
 * its tasks, because updates may have been lost meanwhile. It says what it knows; a master that knows the same has
 * nothing to tell. Otherwise the scheduler asks, explicitly for the tasks that it knows, and implicitly for those
 * that it does not; its author hears what is news (see `acknowledged.ts`).
 */
import type { Context } from '../../runtime/actor.js'
import type { FrameworkId } from '../protocol/ids.js'
import type { StatusUpdate } from '../protocol/task.js'
import type { Message, State } from './state.js'

/** A master that has just begun to lead does not answer of tasks that agents may still bring back. */
export const RECONCILE_AGAIN_MS = 30_000
/** How long a master may take to tell of all tasks that it knows. */
export const TOLD_WITHIN_MS = 1_000
const TIMER = 'reconcile'

/**
 * After a subscription to a master that knows other tasks. It tells of all that it knows, unless the subscription
 * went on; so what it does not tell of is asked for a little later.
 */
export function reconcile<Author, Told>(state: State<Author>, isResumed: boolean, ctx: Context<Message<Told>>): void {
  const { master, frameworkId } = state
  if (!master || !frameworkId) return
  state.unanswered = new Set(state.acknowledged.live())
  const isTold = !isResumed && state.unanswered.size > 0
  if (isTold) return ctx.after(TIMER, TOLD_WITHIN_MS, { type: 'reconcile-again' })
  ctx.tell(master, { type: 'reconcile', frameworkId, taskIds: [] })
  ask(state, frameworkId, ctx)
}

/** Asks again for what was not answered. */
export function reconcileAgain<Author, Told>(state: State<Author>, ctx: Context<Message<Told>>): void {
  if (state.phase === 'subscribed' && state.frameworkId) ask(state, state.frameworkId, ctx)
}

/** Whatever is heard of a task answers for it. */
export function onAnswered<Author>(state: State<Author>, { taskId }: StatusUpdate): void {
  state.unanswered.delete(taskId)
}

function ask<Author, Told>(state: State<Author>, frameworkId: FrameworkId, ctx: Context<Message<Told>>): void {
  if (state.unanswered.size === 0 || !state.master) return
  ctx.tell(state.master, { type: 'reconcile', frameworkId, taskIds: [...state.unanswered] })
  ctx.after(TIMER, RECONCILE_AGAIN_MS, { type: 'reconcile-again' })
}
