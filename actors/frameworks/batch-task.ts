/** Batch task: what is launched for one input. */
import type { TaskInfo } from '../protocol/task.js'
import { task } from '../scheduler/task.js'
import { commandMaker, INPUT_VARIABLE } from './batch-command.js'
import type { BatchOptions } from './batch-state.js'
import { taskIdOf, type Item } from './batch-work.js'

/** What most commands write; it comes with their ends and needs no reading. */
const SHORT_OUTPUT_BYTES = 4_096

interface Made {
  readonly info: TaskInfo
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
export type MakeTask = (item: Item) => Made

/** Makes an input's next task; what all tasks share is made once. */
export function taskMaker(options: BatchOptions): MakeTask {
  const { name, template, resources, environment: given, timeoutMs, readsOutput } = options
  const wordsOf = commandMaker(template)
  return (item) => {
    const words = wordsOf(item.input)
    const environment = { ...given, [INPUT_VARIABLE]: item.input }
    const info = task({
      id: taskIdOf(item), name: `${name} ${item.input}`.slice(0, 255), resources, command: words, environment,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(readsOutput ? { outputBytesMax: SHORT_OUTPUT_BYTES } : {}),
    })
    return { info, words, environment }
  }
}
