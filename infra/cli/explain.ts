/** Explain: `warren explain task|framework|role ID`, why it waits: every agent with every reason. */
import type { TaskView } from '../../actors/protocol/operator.js'
import { isTerminal } from '../../actors/protocol/task.js'
import type { Explained, ToldAgent, ToldFramework } from '../http/explained.js'
import { amounts, columns, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'
import { nextSteps, shellWord } from './invocation.js'
import { TASK_IDS } from './inspect.js'

type Noun = Explained['of']

const EXAMPLES: Readonly<Record<Noun, readonly string[]>> = {
  task: ['warren explain task web-3', 'warren explain task 3f9k2a-0001/web-3 --json'],
  framework: ['warren explain framework 3f9k2a-0001', 'warren explain framework 3f9k2a-0001 --json'],
  role: ['warren explain role web', 'warren explain role \'*\' --json'],
}
const NOTES: Readonly<Record<Noun, string>> = {
  task: `${TASK_IDS}\nOne that has not been launched is known to its framework alone: explain that.`,
  framework: 'Its name or the beginning of its id is enough. An agent without a reason would be offered to it next.',
  role: 'Frameworks are asked in the order of their shares, the smallest first.',
}
const HEADINGS = ['AGENT', 'NAME', 'FREE', 'WHY NOT']
export const explainOf = (noun: Noun): Command => ({
  arguments: [`<${noun}>`],
  options: [{ flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: EXAMPLES[noun],
  notes: NOTES[noun],
  async run({ arguments: [id = ''], options }) {
    if (id.trim() === '') throw new Failure(EXIT.usage, `an empty word is no ${noun}; see \`warren explain --help\``)
    const path = `/v1/explain/${noun}s/${segment(id)}`
    const answer = await clientOf(options).get<{ readonly explanation: Explained }>(path)
    if (options['json'] === true) return printJson(answer)
    // Nothing but these lines is ours: names may be like anything.
    return print(pageOf(answer.explanation).replace(/^next: .*$/gm, (line) => nextSteps(line, options)))
  },
})

function pageOf(explanation: Explained): string {
  switch (explanation.of) {
    case 'task': {
      const { task, text } = explanation
      return `${lines([`task ${task.id}: ${text}`])}${afterTask(task)}`
    }
    case 'framework': return frameworkPage(explanation)
    case 'role': {
      const { text, frameworks, frameworksMore } = explanation
      const more = frameworksMore > 0 ? `\nand ${frameworksMore} more frameworks\n` : ''
      return `${lines([text])}\n${frameworks.map(frameworkPage).join('\n')}${more}`
    }
  }
}

/** The framework of one that has ended may be over, too; one that has begun waits for nothing. */
function afterTask({ id, state, framework }: TaskView): string {
  if (isTerminal(state)) return `next: warren task logs ${shellWord(`${framework}/${id}`)}\n`
  return state === 'STAGING' ? `next: warren explain framework ${framework}\n` : ''
}

function frameworkPage(explanation: ToldFramework): string {
  const { framework, name, text, standingTexts, agents, agentsTotal } = explanation
  const untold = agentsTotal > agents.length ? [`and ${agentsTotal - agents.length} more agents`] : []
  const offer = agents.flatMap(({ reasons }) => reasons)
    .map((reason) => (reason.kind === 'held' ? reason.offer : undefined)).find((id) => id !== undefined)
  const next = offer === undefined ? '' : `next: warren offer inspect ${offer}\n`
  return [
    lines([`framework ${name} (${framework}): ${text}`]),
    agents.length === 0 ? '' : columns(HEADINGS, agents.flatMap(rowsOf), true),
    lines([...untold, ...standingTexts]), next,
  ].join('')
}

/** One line for each reason. */
function rowsOf({ agent, hostname, name = hostname, free, lines: [first = '-', ...more] }: ToldAgent): string[][] {
  return [[agent, name, amounts(free, true), first], ...more.map((line) => ['', '', '', line])]
}

/** One column, so that nothing in a name reaches the terminal as a command to it. */
const lines = (texts: readonly string[]): string => columns([''], texts.map((text) => [text]), false)
