/** Task state: how a task is doing, in a word or three. */
import type { TaskView } from '../../actors/protocol/operator.js'

type Ending = Pick<TaskView, 'state' | 'exitCode' | 'signal'>

/** `RUNNING`, `FAILED (exit 3)`, `KILLED (SIGTERM)`. */
export function stateOf({ state, exitCode, signal }: Ending): string {
  if (signal !== undefined) return `${state} (${signal})`
  return exitCode === undefined || exitCode === 0 ? state : `${state} (exit ${exitCode})`
}
