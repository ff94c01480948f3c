/** Context: carries out what a framework's author asks for, by telling the master. */
import type { Context } from '../../runtime/actor.js'
import type { ExecutorId, FrameworkId, Role, TaskId } from '../protocol/ids.js'
import type { Offer, SchedulerCall } from '../protocol/scheduler.js'
import type { FrameworkContext, Refusing } from './framework.js'
import { checkTimer, offersOf, tasksOf } from './slips.js'
import type { Message, SchedulerOptions, State } from './state.js'

/** As much of a task's output as one answer carries unless the author says otherwise. */
const READ_BYTES = 65_536

/**
 * A context for one event. Calls made while nobody leads are dropped: offers are void by then, and tasks
 * are reconciled when the framework is subscribed again. Kills are made up for then (see `standing.ts`).
 */
export function authorContext<Author, Told>(
  state: State<Author>, ctx: Context<Message<Told>>, options: SchedulerOptions | undefined,
): FrameworkContext {
  const call = (make: (frameworkId: FrameworkId) => SchedulerCall) => {
    if (state.master && state.frameworkId) ctx.tell(state.master, make(state.frameworkId))
  }
  const wish = (type: 'revive' | 'suppress', roles: readonly Role[]) => {
    state.standing.wish(type, roles)
    call((frameworkId) => ({ type, frameworkId, roles }))
  }
  return {
    get frameworkId() {
      return state.frameworkId
    },
    accept(offers, given, refusing) {
      const tasks = tasksOf(given)
      const offerIds = spend(state, offers)
      for (const task of tasks) {
        state.acknowledged.expect(task.taskId)
        state.losses?.expect(task)
        state.standing.launched(task.taskId)
      }
      call((frameworkId) => ({
        type: 'accept', frameworkId, offerIds, operations: [{ type: 'launch', tasks }], ...refusal(refusing),
      }))
    },
    decline(offers, refusing) {
      const offerIds = spend(state, offers)
      call((frameworkId) => ({ type: 'decline', frameworkId, offerIds, ...refusal(refusing) }))
    },
    kill(id, { graceMs } = {}) {
      const taskId = id as TaskId
      state.standing.kill(taskId, graceMs)
      call((frameworkId) => ({ type: 'kill', frameworkId, taskId, ...(graceMs === undefined ? {} : { graceMs }) }))
    },
    revive: (roles = []) => wish('revive', roles as readonly Role[]),
    suppress: (roles = []) => wish('suppress', roles as readonly Role[]),
    reconcile(asked = []) {
      const taskIds = asked as readonly TaskId[]
      state.acknowledged.want(taskIds)
      call((frameworkId) => ({ type: 'reconcile', frameworkId, taskIds }))
    },
    message: (agentId, executorId, data) => call((frameworkId) => ({
      type: 'framework-message', frameworkId, agentId, executorId: executorId as ExecutorId, data,
    })),
    acknowledge: (update) => {
      const { agentId, taskId, updateId } = update
      if (!updateId || !agentId) return
      state.acknowledged.settle(update)
      call((frameworkId) => ({ type: 'acknowledge', frameworkId, agentId, taskId, updateId }))
    },
    read: ({ requestId, taskId, stream, offset, bytesMax = READ_BYTES, follow = false }) => call((frameworkId) => ({
      type: 'read-output', frameworkId, requestId, taskId: taskId as TaskId, stream, offset, bytesMax, follow,
    })),
    checkFit: (requestId, resources) => call((frameworkId) => ({
      type: 'check-fit', frameworkId, requestId, resources,
    })),
    after(name, delayMs) {
      checkTimer(name, delayMs)
      ctx.after(`author:${name}`, delayMs, { type: 'author-timer', name })
    },
    cancel: (name) => ctx.cancel(`author:${name}`),
    tell: (to, message) => ctx.tell(to, message),
    finish(exitCode = 0) {
      if (state.phase === 'ended') return
      call((frameworkId) => ({ type: 'teardown', frameworkId }))
      const unheard = state.frameworkId !== undefined && state.phase !== 'subscribed'
      state.phase = 'ended'
      if (options) ctx.tell(options.owner, { type: 'finished', exitCode, ...(unheard ? { unheard } : {}) })
    },
    now: () => ctx.now(),
    random: () => ctx.random(),
    log: (level, text, fields) => ctx.log(level, text, fields),
  }
}

/** Whatever the author does with an offer, it is theirs no more. */
function spend<Author>(state: State<Author>, offers: Offer | readonly Offer[]) {
  const offerIds = offersOf(offers).map((offer) => offer.offerId)
  for (const offerId of offerIds) state.offers.delete(offerId)
  return offerIds
}

const refusal = (refusing: Refusing | undefined) =>
  refusing?.refuseMs === undefined ? {} : { refuseMs: refusing.refuseMs }
