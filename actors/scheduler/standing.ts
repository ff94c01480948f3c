/**
 * Standing: what an author has asked for that stands until it is so, though the words that asked for it be lost:
 * that a task ends, and which roles are offered to. The library asks again whenever it is subscribed. Plain data.
 */
import type { FrameworkId, Role, TaskId } from '../protocol/ids.js'
import type { SchedulerCall } from '../protocol/scheduler.js'
import { isTerminal, type StatusUpdate } from '../protocol/task.js'
import { LOST_STATES } from './losses.js'

/** Kills of tasks whose end has not been heard; beyond it the oldest is asked for only once. */
export const KILLS_REMEMBERED_MAX = 100_000

type Kill = Extract<SchedulerCall, { type: 'kill' }>
type Wish = Extract<SchedulerCall, { type: 'suppress' | 'revive' }>

export class Standing {
  private readonly kills = new Map<TaskId, number | undefined>()
  /** The last word on each role. */
  private wishes: Pick<Wish, 'type' | 'roles'>[] = []

  kill(taskId: TaskId, graceMs: number | undefined): void {
    this.kills.delete(taskId)
    this.kills.set(taskId, graceMs)
    for (const oldest of this.kills.keys()) {
      if (this.kills.size <= KILLS_REMEMBERED_MAX) return
      this.kills.delete(oldest)
    }
  }

  /** Launched anew under this id: what was to end is another. */
  launched(taskId: TaskId): void {
    this.kills.delete(taskId)
  }

  wish(type: Wish['type'], roles: readonly Role[]): void {
    // Without roles it is said of all, and nothing before it counts.
    const others = roles.length === 0 ? [] : this.wishes
      .map((each) => ({ ...each, left: each.roles.filter((role) => !roles.includes(role)) }))
      .filter(({ roles: before, left }) => before.length === 0 || left.length > 0)
      .map(({ type: before, left }) => ({ type: before, roles: left }))
    this.wishes = [...others, { type, roles }]
  }

  /** A master that takes a scheduler in anew knows none of them, and offers to all roles. */
  forgetWishes(): void {
    this.wishes = []
  }

  /**
   * Takes an update in.
   * @param isNews the task has gone on; what is repeated, or told by the master, shows that words were lost
   * @returns how to end the task that runs on although it was to end
   */
  overdue(frameworkId: FrameworkId, { taskId, state, source }: StatusUpdate, isNews: boolean): Kill | undefined {
    if (!this.kills.has(taskId)) return undefined
    if (isTerminal(state) || state === 'UNKNOWN') this.kills.delete(taskId)
    const runs = this.kills.has(taskId) && !LOST_STATES.has(state) && state !== 'KILLING'
    return runs && (!isNews || source === 'master') ? this.killOf(frameworkId, taskId) : undefined
  }

  /** All that is to be asked for again, of the tasks and of the roles. */
  calls(frameworkId: FrameworkId): SchedulerCall[] {
    return [
      ...[...this.kills.keys()].map((taskId) => this.killOf(frameworkId, taskId)),
      ...this.wishes.map((wish) => ({ ...wish, frameworkId })),
    ]
  }

  private killOf(frameworkId: FrameworkId, taskId: TaskId): Kill {
    const graceMs = this.kills.get(taskId)
    return { type: 'kill', frameworkId, taskId, ...(graceMs === undefined ? {} : { graceMs }) }
  }
}
