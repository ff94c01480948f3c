/** Framework teardown: ends a framework whose scheduler does not, and all its tasks. */
import { print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { clientOf, segment } from './http-client.js'
import { nextSteps } from './invocation.js'
import { idOf } from './inspect.js'

interface TornDown {
  /** False when it had ended before. */
  readonly changed: boolean
  readonly id: string
}

export const command: Command = {
  arguments: ['<framework>'],
  options: [{ flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: ['warren framework teardown 3f9k2a-0001', 'warren framework teardown 3f9k2a-0001 --json'],
  notes: 'All its tasks are ended, and its scheduler, should it live, is told that it is over: it cannot come back\n'
    + 'under this id. Its name or the beginning of its id is enough, as long as it means one framework only.',
  async run({ arguments: [given = ''], options }) {
    const path = `/v1/frameworks/${segment(idOf('framework', given))}/teardown`
    const tornDown = await clientOf(options).post<TornDown>(path)
    if (options['json'] === true) return printJson(tornDown)
    const { changed, id } = tornDown
    const done = changed ? `framework ${id} has ended, and its tasks end` : `framework ${id} had ended before`
    return print(nextSteps(`${done}\nsee what became of them: warren task list --all --framework ${id}\n`, options))
  },
}
