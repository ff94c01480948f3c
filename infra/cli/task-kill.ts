/** Task kill: asks the task's agent to end it: SIGTERM, and SIGKILL when its grace is over. */
import type { TaskView } from '../../actors/protocol/operator.js'
import { print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { nextSteps } from './invocation.js'
import { clientOf, segment } from './http-client.js'
import { idOf, TASK_IDS } from './inspect.js'
import { stateOf } from './task-state.js'

interface Killed {
  readonly outcome: 'killing' | 'ended-before'
  readonly task: TaskView
}

export const command: Command = {
  arguments: ['<task>'],
  options: [{ flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: ['warren task kill hello', 'warren task kill 3f9k2a-0001/hello'],
  notes: TASK_IDS,
  async run({ arguments: [id = ''], options }) {
    const killed = await clientOf(options).post<Killed>(`/v1/tasks/${segment(idOf('task', id))}/kill`)
    if (options['json'] === true) return printJson(killed)
    const { outcome, task } = killed
    const path = `${task.framework}/${task.id}`
    if (outcome === 'ended-before') return print(`task ${path} has ended before: ${stateOf(task)}\n`)
    return print(nextSteps(`killing task ${path}\nsee what became of it: warren task inspect ${path}\n`, options))
  },
}
