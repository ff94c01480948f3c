/** Dead letter replay: `warren dead-letter replay NODE/NUMBER`, sends a message again that nobody took. */
import { print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'
import { nextSteps } from './invocation.js'

interface Replayed {
  readonly outcome: 'sent-again'
}

export const command: Command = {
  arguments: ['<letter>'],
  options: [{ flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: ['warren dead-letter replay master-m1/12'],
  notes: 'A letter is called as `warren dead-letter list` has it; of the node @ and what follows may be left\n'
    + 'out. It is taken out of the dead letters, and is one again if nobody takes it now either.',
  async run({ arguments: [name = ''], options }) {
    const [, node, number] = /^([^/]+)\/(\d+)$/.exec(name) ?? []
    if (node === undefined || number === undefined) {
      throw new Failure(EXIT.usage,
        `'${name}' is no dead letter: write NODE/NUMBER; see \`warren dead-letter list\``)
    }
    const answer = await clientOf(options).post<Replayed>(`/v1/dead-letters/${segment(node)}/${number}/replay`)
    if (options['json'] === true) return printJson(answer)
    const said = `dead letter ${name} is on its way again\nsee whether it was taken: warren dead-letter list\n`
    return print(nextSteps(said, options))
  },
}
