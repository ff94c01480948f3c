/**
 * Reconciliation: a scheduler that subscribes to another master, or in another process, asks what has become of
 * its tasks, because updates may have been lost meanwhile. Explicitly for the tasks that it knows, and implicitly
 * for those that it does not; its author hears what is news (see `acknowledged.ts`).
 */
import type { Context } from '../../runtime/actor.js'
import type { FrameworkId } from '../protocol/ids.js'
import type { StatusUpdate } from '../protocol/task.js'
import type { Message, State } from './state.js'

/** A master that has just begun to lead does not answer of tasks that agents may still bring back. */
export const RECONCILE_AGAIN_MS = 30_000
const TIMER = 'reconcile'

/** Asks for everything. */
export function reconcile<Author, Told>(state: State<Author>, ctx: Context<Message<Told>>): void {
  const { master, frameworkId } = state
  if (!master || !frameworkId) return
  state.unanswered = new Set(state.acknowledged.live())
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
