/**
 * Losses: which tasks were lost with their agents, for frameworks that want those run again (`restartLost`).
 *
 * The author is handed the task, to be launched like any other, because only they know how to fit it to another
 * offer: its ports, its rack. What it replaces may still return with its agent; then it is killed, or kept if the
 * author wants that, and what becomes of a task that is killed so is nobody's business. Plain data.
 */
import type { TaskId } from '../protocol/ids.js'
import { isTerminal, type StatusUpdate, type TaskInfo, type TaskState } from '../protocol/task.js'
import { TASKS_REMEMBERED_MAX } from './acknowledged.js'

/** Ends that are not the task's doing: its agent is gone, or never took it. */
export const LOST_STATES: ReadonlySet<TaskState> =
  new Set(['LOST', 'DROPPED', 'GONE', 'GONE_BY_OPERATOR', 'UNREACHABLE', 'UNKNOWN'] as const)

export type Verdict =
  | { readonly type: 'told' }
  /** To be launched again, under an id of its own. */
  | { readonly type: 'lost'; readonly task: TaskInfo }
  /** Of a task that was replaced; `returned` when it runs. */
  | { readonly type: 'replaced'; readonly returned: boolean }

export const TOLD: Verdict = { type: 'told' }
const ID_CHARACTERS_MAX = 255

export class Losses {
  /** Tasks that may be lost, as they were launched. */
  private readonly launched = new Map<TaskId, TaskInfo>()
  /** Tasks that have been handed out again and have not ended. */
  private readonly replaced = new Set<TaskId>()

  constructor(private readonly returned: 'kill' | 'keep') {}

  expect(task: TaskInfo): void {
    this.replaced.delete(task.taskId)
    this.launched.set(task.taskId, task)
    for (const oldest of this.launched.keys()) {
      if (this.launched.size <= TASKS_REMEMBERED_MAX) return
      this.launched.delete(oldest)
    }
  }

  /** What to make of an update that is news. */
  judge({ taskId, state }: StatusUpdate): Verdict {
    const over = isTerminal(state)
    if (this.replaced.has(taskId)) {
      if (over) this.replaced.delete(taskId)
      return { type: 'replaced', returned: !over && !LOST_STATES.has(state) }
    }
    const task = this.launched.get(taskId)
    if (!LOST_STATES.has(state)) {
      if (over) this.launched.delete(taskId)
      return TOLD
    }
    if (!task) return TOLD
    this.launched.delete(taskId)
    if (!over && this.returned === 'kill') this.replace(taskId)
    return { type: 'lost', task: { ...task, taskId: idAfter(taskId) } }
  }

  private replace(taskId: TaskId): void {
    this.replaced.add(taskId)
    for (const oldest of this.replaced) {
      if (this.replaced.size <= TASKS_REMEMBERED_MAX) return
      this.replaced.delete(oldest)
    }
  }
}

/** Undefined for frameworks that do not want lost tasks run again. */
export function lossesOf({ restartLost }: { readonly restartLost?: boolean | { readonly returned: 'kill' | 'keep' } }) {
  if (!restartLost) return undefined
  return new Losses(restartLost === true ? 'kill' : restartLost.returned)
}

/** `t`, `t~2`, `t~3`: the id of one that may return must not be used again. */
export function idAfter(taskId: TaskId): TaskId {
  const [, base = '', count = '1'] = /^(.*?)(?:~(\d{1,9}))?$/s.exec(taskId) ?? []
  const ending = `~${Number(count) + 1}`
  return `${base.slice(0, ID_CHARACTERS_MAX - ending.length)}${ending}` as TaskId
}
