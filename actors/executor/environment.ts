/** Environment: the variables that tell a task who and where it is. */
import type { Launch } from '../protocol/running.js'

/** What the task asked for, then `WARREN_…`, then `PORT0`, `PORT1` … for the ports that it holds. */
export function taskEnvironment({ launchId, frameworkId, task }: Launch): Record<string, string> {
  return {
    ...portVariables(task.resources.ranges['ports'] ?? []),
    ...task.command?.environment,
    WARREN_TASK_ID: task.taskId,
    WARREN_TASK_NAME: task.name,
    WARREN_FRAMEWORK_ID: frameworkId,
    WARREN_LAUNCH_ID: launchId,
  }
}

/** More ports than this are not spelt out one by one; `PORTS` has the ranges. */
const PORT_VARIABLES_MAX = 100

function portVariables(ranges: readonly { readonly begin: number; readonly end: number }[]): Record<string, string> {
  if (ranges.length === 0) return {}
  const variables: Record<string, string> = { PORTS: ranges.map(({ begin, end }) => `${begin}-${end}`).join(',') }
  let index = 0
  for (const { begin, end } of ranges) {
    for (let port = begin; port <= end && index < PORT_VARIABLES_MAX; port++) variables[`PORT${index++}`] = String(port)
  }
  return variables
}
