/**
 * Task digest: tells whether a scheduler and a master know the same tasks in the same states, so that after a
 * failover they need not tell each other of every one. The order does not matter. Not made to withstand an enemy:
 * who lies about what it knows deceives itself. Pure.
 */
import type { TaskState } from './task.js'

interface KnownTask {
  readonly taskId: string
  readonly launchId: string | undefined
  readonly state: TaskState
}

const [FIRST_PRIME, SECOND_PRIME] = [2_654_435_761, 1_597_334_677]

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
