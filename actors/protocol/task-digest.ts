/**
 * Task digest: tells whether a scheduler or an agent knows the same tasks in the same states as a master, so that
 * after a failover they need not tell each other of every one. The order does not matter. Not made to withstand an
 * enemy: who lies about what it knows deceives itself. Pure.
 */
import type { TaskState } from './task.js'

interface KnownTask {
  readonly taskId: string
  readonly launchId: string | undefined
  readonly state: TaskState
}

const [FIRST_PRIME, SECOND_PRIME] = [2_654_435_761, 1_597_334_677]

interface KnownLaunch {
  readonly launchId: string
  readonly state: TaskState
  readonly task: { readonly taskId: string }
}

interface KnownExecutor {
  readonly frameworkId: string
  readonly executorId: string
}

/** Of all that an agent holds. */
export function digestOfHeld(launches: Iterable<KnownLaunch>, executors: Iterable<KnownExecutor>): string {
  const tasks = Array.from(launches, ({ launchId, state, task: { taskId } }) => ({ taskId, launchId, state }))
  const others = Array.from(executors, ({ frameworkId, executorId }) =>
    ({ taskId: executorId, launchId: frameworkId, state: 'RUNNING' }) as const)
  return `${digestOf(tasks)}/${digestOf(others)}`
}

export function digestOf(tasks: Iterable<KnownTask>): string {
  let [count, first, second] = [0, 0, 0]
  for (const { taskId, launchId = '', state } of tasks) {
    // With their lengths, so that no two tasks read alike.
    const text = `${taskId.length} ${launchId.length} ${taskId} ${launchId} ${state}`
    let [one, other] = [0xdeadbeef, 0x41c6ce57]
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index)
      one = Math.imul(one ^ code, FIRST_PRIME)
      one ^= one >>> 15
      other = Math.imul(other ^ code, SECOND_PRIME)
      other ^= other >>> 13
    }
    // Sums do not depend on the order.
    first = (first + one) >>> 0
    second = (second + other) >>> 0
    count++
  }
  return [count, first, second].map((part) => part.toString(16)).join('.')
}
