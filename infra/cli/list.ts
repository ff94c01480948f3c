/** List: `warren agent|framework|task|offer|role list`, one a line. */
import type { AgentView, FrameworkView, OfferView, RoleView, TaskView } from '../../actors/protocol/operator.js'
import { age, amounts, columns, print, printJson } from './columns.js'
import type { Call, Command, Option } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, type HttpClient } from './http-client.js'
import { asCalled } from './invocation.js'
import { standingOf } from './agent-state.js'
import { stateOf } from './task-state.js'

export type Noun = 'agent' | 'framework' | 'task' | 'offer'
export type ListedNoun = Noun | 'role'

export interface Shown<View> {
  readonly headings: readonly string[]
  /** @param shared ids that several of those listed have */
  cells(view: View, shared: ReadonlySet<string>): readonly string[]
  /** What `--quiet` prints: an id that other commands take. */
  id(view: View): string
}

const AGENTS: Shown<AgentView> = {
  headings: ['ID', 'NAME', 'HOSTNAME', 'STATE', 'TASKS', 'RESOURCES', 'USED', 'OFFERED'],
  cells: ({ id, name = '-', hostname, tasks, resources, used, offered, ...agent }) => [
    id, name, hostname, standingOf(agent), String(tasks), amounts(resources, true),
    amounts(used, true), amounts(offered, true),
  ],
  id: ({ id }) => id,
}
const FRAMEWORKS: Shown<FrameworkView> = {
  headings: ['ID', 'NAME', 'STATE', 'ROLES', 'TASKS', 'USED', 'AGE'],
  cells: ({ id, name, state, roles, tasks, used, subscribedAt }) =>
    [id, name, state, roles.join(','), String(tasks), amounts(used, true), age(subscribedAt)],
  id: ({ id }) => id,
}
const TASKS: Shown<TaskView> = {
  headings: ['ID', 'NAME', 'FRAMEWORK', 'STATE', 'AGENT', 'RESOURCES', 'AGE', 'COMMAND'],
  cells: (task, shared) => {
    const { id, name, framework, agent, resources, launchedAt, command } = task
    const clear = shared.has(id) ? `${framework}/${id}` : id
    const needs = amounts(resources, true)
    return [clear, name, framework, stateOf(task), agent, needs, age(launchedAt), command]
  },
  id: ({ framework, id }) => `${framework}/${id}`,
}
const OFFERS: Shown<OfferView> = {
  headings: ['ID', 'FRAMEWORK', 'AGENT', 'ROLE', 'RESOURCES', 'AGE'],
  cells: ({ id, framework, agent, role, resources, offeredAt }) =>
    [id, framework, agent, role, amounts(resources, true), age(offeredAt)],
  id: ({ id }) => id,
}
const ROLES: Shown<RoleView> = {
  headings: ['ROLE', 'SHARE', 'MOST OF', 'FRAMEWORKS', 'TASKS', 'USED', 'OFFERED'],
  cells: ({ id, share, dominant, members, tasks, used, offered }) => [
    id, `${Math.round(share * 1_000) / 10} %`, dominant === '' ? '-' : dominant, String(members.length), String(tasks),
    amounts(used, true), amounts(offered, true),
  ],
  id: ({ id }) => id,
}
const SHOWN = { agent: AGENTS, framework: FRAMEWORKS, task: TASKS, offer: OFFERS, role: ROLES }

const COMMON: readonly Option[] = [
  { flags: '--json', help: 'one JSON document' },
  { flags: '--no-headers', help: 'leave the headings out' },
  { flags: '--quiet', help: 'ids only' },
]
const OF_FRAMEWORK: Option = {
  flags: '--framework <id>', help: 'only this framework\'s: its id, the beginning of it, or its name',
}
const OF_TASKS: readonly Option[] = [
  { flags: '--all', help: 'those that have ended, too' },
  { flags: '--state <state>', help: 'only those in this state, such as RUNNING; or in several: FAILED,LOST' },
  OF_FRAMEWORK,
]
const OF_AGENTS: readonly Option[] = [{ flags: '--all', help: 'those that are gone for good, too' }]
const OPTIONS = { agent: OF_AGENTS, framework: [], task: OF_TASKS, offer: [OF_FRAMEWORK], role: [] }
const EXAMPLES = {
  agent: ['warren agent list', 'warren agent list --all --json'],
  framework: ['warren framework list', 'warren framework list --quiet'],
  task: [
    'warren task list', 'warren task list --all --framework 3f9k2a-0001',
    'warren task list --state FAILED,LOST --json',
  ],
  offer: ['warren offer list', 'warren offer list --json'],
  role: ['warren role list', 'warren role list --json'],
}
const NOTES = {
  role: 'Roles are what frameworks subscribe with: one is there while a framework has it. Its share is of what it has\n'
    + 'most, with offers; `warren explain role ROLE` says who of it is asked first, and why the others wait.',
}

export const listOf = (noun: ListedNoun): Command => ({
  options: [...COMMON, ...OPTIONS[noun], ...HTTP_OPTIONS],
  examples: EXAMPLES[noun],
  ...(noun === 'role' ? { notes: NOTES.role } : {}),
  run: (call) => list(noun, call),
})

interface Listed {
  readonly schemaVersion: number
  readonly total: number
  readonly next?: string
  /** How many tasks are in which state, shown or not. */
  readonly states?: Readonly<Record<string, number>>
}

async function list(noun: ListedNoun, { options }: Call): Promise<number> {
  const { next: _, ...listed } = await everyPage(noun, clientOf(options), queryOf(noun, options))
  if (options['json'] === true) return printJson(listed)
  const views = viewsIn(noun, listed)
  const { headings, cells, id } = SHOWN[noun] as Shown<unknown>
  if (options['quiet'] === true) return print(views.map((view) => `${id(view)}\n`).join(''))
  const shared = sharedIds(views as readonly { readonly id: string }[])
  const rows = views.map((view) => cells(view, shared))
  if (views.length > 0) await print(columns(headings, rows, options['headers'] !== false))
  say(noun, listed, views.length, options)
  return EXIT.ok
}

function sharedIds(views: readonly { readonly id: string }[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const shared = new Set<string>()
  for (const { id } of views) {
    if (seen.has(id)) shared.add(id)
    seen.add(id)
  }
  return shared
}

/** Data on stdout, talk on stderr. */
function say(noun: ListedNoun, { states = {} }: Listed, shown: number, options: Call['options']): void {
  const remembered = Object.values(states).reduce((sum, count) => sum + count, 0)
  const isDefault = noun === 'task' && options['all'] !== true && options['state'] === undefined
  const ended = isDefault && remembered > shown
    ? `${remembered - shown} that have ended: warren task list --all` : ''
  const none = shown > 0 ? '' : isDefault ? 'no live tasks' : `no ${noun}s`
  const words = [none, ended].filter((each) => each !== '').join('; ')
  if (words !== '') process.stderr.write(asCalled(`${words}\n`))
}

function queryOf(noun: ListedNoun, options: Call['options']): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['framework', 'state']) {
    if (options[name] !== undefined) query.set(name, String(options[name]))
  }
  if (noun === 'agent' && options['all'] === true) query.set('all', '1')
  if (noun === 'task' && options['all'] !== true && options['state'] === undefined) query.set('live', '1')
  return query
}

async function everyPage(noun: ListedNoun, client: HttpClient, query: URLSearchParams): Promise<Listed> {
  const first = await client.get<Listed>(`/v1/${noun}s?${query}`)
  const views = [...viewsIn(noun, first)]
  for (let { next } = first; next !== undefined;) {
    query.set('after', next)
    const page = await client.get<Listed>(`/v1/${noun}s?${query}`)
    views.push(...viewsIn(noun, page))
    next = page.next
  }
  return { ...first, total: views.length, [`${noun}s`]: views }
}

const viewsIn = (noun: ListedNoun, listed: object): readonly unknown[] =>
  (listed as Readonly<Record<string, readonly unknown[]>>)[`${noun}s`] ?? []
