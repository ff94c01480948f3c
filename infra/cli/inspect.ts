/** Inspect: `warren agent|framework|task|offer inspect ID`, everything that the master knows about one. */
import type { AgentView, FrameworkView, OfferView, TaskView } from '../../actors/protocol/operator.js'
import { amounts, facts, moment, print, printJson } from './columns.js'
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'
import type { Noun } from './list.js'
import { standingOf } from './agent-state.js'
import { stateOf } from './task-state.js'

type Facts = readonly (readonly [name: string, value: string | undefined])[]

const agent = (view: AgentView): Facts => [
  ['id', view.id], ['name', view.name], ['hostname', view.hostname], ['state', standingOf(view)],
  ['tasks end at once from', view.deadline], ['resources', amounts(view.resources)],
  ['used', amounts(view.used)], ['offered', amounts(view.offered)], ['attributes', view.attributes],
  ['live tasks', String(view.tasks)], ['joined', view.admittedAt && moment(view.admittedAt)],
  ['gone', view.goneAt && moment(view.goneAt)],
]

const framework = (view: FrameworkView): Facts => [
  ['id', view.id], ['name', view.name], ['state', view.state], ['roles', view.roles.join(', ')],
  ['wants no offers for', view.suppressed.join(', ')], ['used', amounts(view.used)],
  ['live tasks', String(view.tasks)], ['subscribed', moment(view.subscribedAt)],
]

const task = (view: TaskView): Facts => [
  ['id', view.id], ['name', view.name === view.id ? undefined : view.name], ['state', stateOf(view)],
  ['message', view.message], ['framework', view.framework], ['agent', view.agent], ['launch', view.launch],
  ['role', view.role], ['resources', amounts(view.resources)], ['command', view.command],
  ['launched', moment(view.launchedAt)], ['changed', moment(view.changedAt)],
]

const offer = ({ id, framework: to, agent: of, role, resources, offeredAt }: OfferView): Facts => [
  ['id', id], ['framework', to], ['agent', of], ['role', role], ['resources', amounts(resources)],
  ['offered', moment(offeredAt)],
]

const FACTS: Readonly<Record<Noun, (view: never) => Facts>> = { agent, framework, task, offer }

const EXAMPLES: Readonly<Record<Noun, readonly string[]>> = {
  agent: ['warren agent inspect 3f9k2a-S0', 'warren agent inspect 3f9k2a-S0 --json'],
  framework: ['warren framework inspect 3f9k2a-0001'],
  task: [
    'warren task inspect hello', 'warren task inspect 3f9k2a-0001/hello',
    'warren task inspect 3f9k2a-L4 --json',
  ],
  offer: ['warren offer inspect 3f9k2a-O1.7'],
}

export const inspectOf = (noun: Noun): Command => ({
  arguments: [`<${noun}>`],
  options: [{ flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: EXAMPLES[noun],
  notes: noun === 'task' ? TASK_IDS
    : noun === 'offer' ? 'The beginning of an id is enough, as long as it means one only.'
    : 'Its name or the beginning of its id is enough, as long as it means one only.',
  async run({ arguments: [id = ''], options }) {
    const path = `/v1/${noun}s/${segment(idOf(noun, id))}`
    const answer = await clientOf(options).get<Readonly<Record<string, unknown>>>(path)
    if (options['json'] === true) return printJson(answer)
    return print(facts(FACTS[noun](answer[noun] as never)))
  },
})

/** How a task can be called; every command that takes one says it. */
export const TASK_IDS = [
  'A task is called by its id or its name, by FRAMEWORK/TASK where frameworks share an id, or by its',
  'launch. The beginning of an id is enough, as long as it means one only. Of several, the one that is',
  'live is meant.',
].join('\n')

export function idOf(noun: Noun, id: string): string {
  if (id.trim() !== '') return id
  throw new Failure(EXIT.usage, `an empty word is no ${noun}; see \`warren ${noun} list\``)
}
