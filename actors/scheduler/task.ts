/** Task: says in one short call what is to run, for authors of frameworks. */
import type { ExecutorId, TaskId } from '../protocol/ids.js'
import type { ExecutorInfo, Program, TaskInfo } from '../protocol/task.js'
import { of, type Wanted } from '../resources/amounts.js'
import type { Resources } from '../resources/resources.js'
import { nearestOf } from './slips.js'

/** An argument vector, or one line for `/bin/sh -c`. */
export type Command = string | readonly string[]

export interface TaskWish {
  readonly id: string
  /** The id unless given. */
  readonly name?: string
  /** Such as `{ cpus: 1, mem: 512 }`; memory in MB. */
  readonly resources: Wanted | Resources
  readonly command?: Command
  readonly executor?: ExecutorInfo
  readonly environment?: Readonly<Record<string, string>>
  /** For a custom executor; text is sent as UTF-8. */
  readonly data?: Uint8Array | string
  readonly killGraceMs?: number
  readonly timeoutMs?: number
  /** Output no longer than this comes as `update.output` with the task's end; 16 KiB at the most. */
  readonly outputBytesMax?: number
}

export const TASK_FIELDS = Object.keys({
  id: true, name: true, resources: true, command: true, executor: true, environment: true, data: true,
  killGraceMs: true, timeoutMs: true, outputBytesMax: true,
} satisfies Record<keyof TaskWish, true>)

/** Throws a RangeError that names the task, what is wrong with it, and the fix. */
export function task(wish: TaskWish): TaskInfo {
  const problem = problemOf(wish)
  if (problem !== undefined) throw new RangeError(problem)
  const { id, name, command, environment, executor, data, killGraceMs, timeoutMs, outputBytesMax } = wish
  return {
    taskId: id as TaskId,
    name: name ?? id,
    resources: resourcesOf(wish.resources),
    ...(command === undefined ? {} : {
      command: { program: programOf(command), ...(environment ? { environment } : {}) },
    }),
    ...(executor === undefined ? {} : { executor }),
    ...(data === undefined ? {} : { data: typeof data === 'string' ? new TextEncoder().encode(data) : data }),
    ...(killGraceMs === undefined ? {} : { killGraceMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(outputBytesMax === undefined ? {} : { outputBytesMax }),
  }
}

/** What the compiler would have said, for authors who do not ask it; the rest is the master's to say. */
function problemOf(wish: TaskWish): string | undefined {
  const { id, resources, command } = wish
  if (typeof id !== 'string' || id === '') return "a task has no id: write `task({ id: 'a-name', … })`"
  const unknown = Object.keys(wish).find((key) => !TASK_FIELDS.includes(key))
  if (unknown !== undefined) {
    return `task '${id}' has '${unknown}', which no task has: ${nearestOf(unknown, TASK_FIELDS)}`
  }
  if (typeof resources !== 'object' || resources === null) {
    return `task '${id}' has no resources: say what it needs, such as \`resources: { cpus: 0.1, mem: 32 }\``
  }
  if (command === undefined || typeof command === 'string' || Array.isArray(command)) return undefined
  return `the command of task '${id}' is neither a line nor a list: write 'echo hi' or ['echo', 'hi']`
}

/** A custom executor: a file that exports `executor({ … })`, or a command that joins by itself. */
export function executorOf(wish: {
  readonly id: string
  readonly file?: string
  readonly command?: Command
  readonly resources: Wanted | Resources
}): ExecutorInfo {
  const program: Program = wish.file === undefined ? programOf(wish.command ?? []) : { type: 'module', file: wish.file }
  return { executorId: wish.id as ExecutorId, program, resources: resourcesOf(wish.resources) }
}

const programOf = (command: Command): Program =>
  typeof command === 'string' ? { type: 'shell', line: command } : { type: 'argv', argv: command }

export const resourcesOf = (wanted: Wanted | Resources): Resources =>
  'scalars' in wanted && typeof wanted['scalars'] === 'object' ? wanted as Resources : of(wanted as Wanted)
