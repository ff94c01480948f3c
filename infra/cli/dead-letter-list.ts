/** Dead letter list: `warren dead-letter list`, the last messages that nobody took, and why. */
import type { LetterView } from '../../actors/protocol/vitals.js'
import { DEAD_LETTER_REASONS } from '../../runtime/dead-letter-reasons.js'
import { columns, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf } from './http-client.js'
import { asCalled } from './invocation.js'

/** As many as the interface asks at once. */
const NODES_MAX = 200
const HEADINGS = ['LETTER', 'TIME', 'REASON', 'MESSAGE', 'FROM', 'TO']

type Letter = LetterView & { readonly node: string }

interface Listed {
  readonly schemaVersion: number
  /** Of all that there were, kept or not. */
  readonly counts: Readonly<Record<string, number>>
  readonly nodesAsked: number
  readonly nodesTotal: number
  readonly silent: readonly string[]
  readonly letters: readonly Letter[]
}

export const command: Command = {
  options: [
    { flags: '--node <text>', help: 'only those found in nodes with this in their name, such as agent-a1' },
    { flags: '--reason <reason>', help: 'only those of one reason, such as crashed', parse: reasonOf },
    { flags: '--json', help: 'one JSON document, with what they say' },
    { flags: '--no-headers', help: 'leave the headings out' },
    { flags: '--quiet', help: 'the names of the letters only' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren dead-letter list', 'warren dead-letter list --reason crashed --json',
    'warren dead-letter list --node agent-a1 --quiet',
  ],
  notes: [
    'The newest first. A node keeps its last ones only, and counts all since it began. Send one again with',
    '`warren dead-letter replay`. Reasons:',
    ...Object.entries(DEAD_LETTER_REASONS).map(([reason, why]) => `  ${reason.padEnd(16)} ${why}`),
  ].join('\n'),
  async run({ options }) {
    const { node, reason } = options
    const answer = await clientOf(options).get<Listed>(`/v1/dead-letters?limit=${NODES_MAX}`)
    const letters = answer.letters.filter((letter) =>
      (node === undefined || letter.node.includes(String(node))) && (reason === undefined || letter.reason === reason))
    if (options['json'] === true) return printJson({ ...answer, letters })
    if (options['quiet'] === true) return print(letters.map((letter) => `${nameOf(letter)}\n`).join(''))
    if (letters.length > 0) await print(columns(HEADINGS, letters.map(cellsOf), options['headers'] !== false))
    process.stderr.write(asCalled(`${summary(answer)}\n`))
    return EXIT.ok
  },
}

/** What `replay` takes. */
const nameOf = ({ node, number }: Letter): string => `${node}/${number}`

const cellsOf = (letter: Letter): readonly string[] => {
  const { atMs, reason, type = 'unreadable', from = '-', to = '-' } = letter
  return [nameOf(letter), new Date(atMs).toISOString(), reason, type, from, to]
}

function summary({ counts, nodesAsked, nodesTotal, silent }: Listed): string {
  const each = Object.entries(counts).sort(([, left], [, right]) => right - left)
    .map(([reason, count]) => `${count} ${reason}`)
  const heard = nodesAsked - silent.length
  return [
    each.length === 0 ? 'no dead letters' : `since the nodes began: ${each.join(', ')}`,
    ...heard === nodesTotal ? [] : [`${heard} of ${nodesTotal} nodes have answered`],
  ].join('; ')
}

function reasonOf(text: string): string {
  if (Object.hasOwn(DEAD_LETTER_REASONS, text)) return text
  throw new Failure(EXIT.usage,
    `--reason: '${text}' is none; use one of ${Object.keys(DEAD_LETTER_REASONS).join(', ')}`)
}
