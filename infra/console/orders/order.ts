/**
 * Order: something that an operator may do to an agent, a framework or a task, with what will happen when it is
 * done. Pure: what is said here is what the master does.
 */
import type { AgentView, FrameworkView, TaskView } from '../../../actors/protocol/operator.js'
import { plural } from '../format.js'

/** What may be said of how. The empty choice is the master's own way. */
export interface Field {
  readonly name: string
  readonly title: string
  readonly choices: readonly (readonly [value: string, title: string])[]
}

export interface Order {
  /** On its button. */
  readonly verb: string
  readonly title: string
  /** What will happen, in the order of their weight. */
  readonly happens: readonly string[]
  readonly fields?: readonly Field[]
  /** There is no way back: this must be written first. */
  readonly retype?: string
  readonly isBad: boolean
  readonly path: string
  /** What has happened. */
  readonly said: (answer: never) => string
}

const MINUTE_MS = 60_000
const GRACES: Field = {
  name: 'graceMs', title: 'Time for each task to end',
  choices: [['', 'its own grace'], ['0', 'none'], ['10000', '10 s'], ['30000', '30 s'], ['120000', '2 min'],
    ['600000', '10 min']],
}
const DEADLINES: Field = {
  name: 'deadlineMs', title: 'End them at once after',
  choices: [['', 'no deadline'], [String(5 * MINUTE_MS), '5 min'], [String(15 * MINUTE_MS), '15 min'],
    [String(60 * MINUTE_MS), '1 h'], [String(240 * MINUTE_MS), '4 h'], [String(1_440 * MINUTE_MS), '1 day']],
}
const AFTERWARDS: Field = {
  name: 'gone', title: 'Once it is empty',
  choices: [['', 'it waits to be reactivated'], ['1', 'it is gone for good']],
}

interface Changed {
  readonly changed: boolean
}
interface Ordered extends Changed {
  readonly agent: AgentView
}

/** Those that make sense as it is now. */
export function agentOrders(agent: AgentView): readonly Order[] {
  const { state, connection, id } = agent
  if (state === 'gone') return []
  const name = nameOf(agent)
  const [tasks, pathOf] = [tasksOf(agent.tasks), (order: string) => `/v1/agents/${encodeURIComponent(id)}/${order}`]
  const away = connection === 'connected' ? [] : [`It is ${connection} now and hears of it when it is back.`]
  const isWithheld = state === 'deactivated' || state === 'draining' || state === 'drained'
  const drain: Order = {
    verb: 'Drain', title: `Drain ${name}?`, isBad: true, path: pathOf('drain'),
    happens: [
      agent.tasks === 0 ? 'It has no tasks to end.'
        : `${tasks} on it will be asked to end, and killed after the grace.`,
      'Nothing of it is offered until it is reactivated, also when it is started anew.', ...away,
    ],
    fields: [GRACES, DEADLINES, AFTERWARDS],
    said: ({ changed, agent: now }: Ordered) =>
      !changed ? `${name} drains already.` : now.state === 'drained' ? `${name} is drained.` : `${name} drains.`,
  }
  const deactivate: Order = {
    verb: 'Deactivate', title: `Deactivate ${name}?`, isBad: false, path: pathOf('deactivate'),
    happens: [
      'Nothing of it is offered any more; offers that are out are taken back.',
      agent.tasks === 0 ? 'It has no tasks.' : `${tasks} on it will run on.`, 'It can be reactivated at any time.',
    ],
    said: ({ changed }: Changed) => (changed ? `${name} is offered no more.` : `${name} was not offered before.`),
  }
  const reactivate: Order = {
    verb: 'Reactivate', title: `Reactivate ${name}?`, isBad: false, path: pathOf('reactivate'),
    happens: [
      'It is offered again as any other.',
      ...(state === 'draining' ? ['Tasks that were asked to end will still end; no others are.'] : []),
    ],
    said: ({ changed }: Changed) => (changed ? `${name} is offered again.` : `${name} was offered before.`),
  }
  const gone: Order = {
    verb: 'Gone for good', title: `Give up ${name} for good?`, isBad: true, retype: name, path: pathOf('gone'),
    happens: [
      agent.tasks === 0 ? 'It has no tasks to lose.'
        : `${tasks} on it will be over at once; frameworks are told, and may run ${
          agent.tasks === 1 ? 'it' : 'them'} anew.`,
      'Its id is refused for ever. Should the machine still live, it ends its tasks.',
      'There is no way back: to join again it needs a fresh work directory.',
    ],
    said: ({ changed }: Changed) => (changed ? `${name} is gone.` : `${name} was gone before.`),
  }
  if (!isWithheld) return [deactivate, drain, gone]
  return state === 'deactivated' ? [reactivate, drain, gone] : [reactivate, gone]
}

export const frameworkOrders = ({ id, name, tasks }: FrameworkView): readonly Order[] => [{
  verb: 'Tear down', title: `Tear down ${name}?`, isBad: true, retype: name,
  path: `/v1/frameworks/${encodeURIComponent(id)}/teardown`,
  happens: [
    tasks === 0 ? 'It has no live tasks.' : `${tasksOf(tasks)} of it will be ended, and its executors as well.`,
    'Its scheduler is told that it is over, and its id is refused for ever.',
    'There is no way back: what it is started as again is a new framework.',
  ],
  said: ({ changed }: Changed) => (changed ? `${name} is torn down.` : `${name} had ended before.`),
}]

const LIVE: ReadonlySet<string> = new Set(['STAGING', 'STARTING', 'RUNNING', 'KILLING', 'UNREACHABLE'])

export function taskOrders({ launch, name, state }: TaskView): readonly Order[] {
  if (!LIVE.has(state)) return []
  return [{
    verb: 'End the task', title: `End ${name}?`, isBad: true, path: `/v1/tasks/${encodeURIComponent(launch)}/kill`,
    happens: [
      'Its processes get SIGTERM, and SIGKILL when its grace is over.',
      'Its framework is told that it was killed, and may run it again.',
      ...(state === 'UNREACHABLE' ? ['Its agent is away and hears of it when it is back.'] : []),
    ],
    said: ({ outcome }: { readonly outcome: string }) =>
      outcome === 'killing' ? `${name} was asked to end.` : `${name} had ended before.`,
  }]
}

/** The address that carries out an order in the way that was chosen. */
export function addressOf({ path }: Pick<Order, 'path'>, choices: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(choices).filter(([, value]) => value !== ''))
  return query.size === 0 ? path : `${path}?${query}`
}

/** How far a drain is; undefined when there is none. */
export function drainOf({ state, tasks, connection, deadline, ...names }: AgentView): string | undefined {
  const name = nameOf(names)
  if (state === 'drained') return `${name} is drained: it has no tasks and waits to be reactivated.`
  if (state !== 'draining') return undefined
  const until = deadline === undefined ? '' : `; from ${new Date(deadline).toLocaleString()} on they are ended at once`
  const away = connection === 'connected' ? '' : ` It is ${connection}, and ends them when it is back.`
  return `${name} drains: ${plural(tasks, 'task')} still to end${until}.${away}`
}

const nameOf = ({ hostname, name = hostname }: Pick<AgentView, 'hostname' | 'name'>): string => name
const tasksOf = (count: number): string => (count === 1 ? 'The one task' : `All ${plural(count, 'task')}`)
