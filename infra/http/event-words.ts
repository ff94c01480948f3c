/** Event words: what has happened, as a sentence and the ids in it. Pure. */
import type { Happening, HistoryEntry } from '../../actors/protocol/operator.js'
import { amountsOf } from '../../actors/resources/amounts.js'

export interface EventView {
  readonly number: number
  readonly at: string
  readonly type: string
  readonly level: 'info' | 'warn'
  readonly text: string
  readonly agent?: string
  readonly framework?: string
  readonly task?: string
  readonly launch?: string
  readonly offer?: string
}

/** What an agent or a framework is called, where that is known. */
export type NameOf = (id: string) => string | undefined

const NAMELESS: NameOf = () => undefined

/** Every kind of event, in the order of the alphabet. */
const TYPES: Readonly<Record<Happening['type'], true>> = {
  'agent-activated': true, 'agent-admitted': true, 'agent-connected': true, 'agent-deactivated': true,
  'agent-disconnected': true, 'agent-draining': true, 'agent-gone': true, 'agent-reachable': true,
  'agent-removed': true, 'agent-unreachable': true, 'executor-ended': true, 'executor-launched': true,
  'framework-admitted': true, 'framework-connected': true, 'framework-disconnected': true,
  'framework-removed': true, genesis: true, 'leadership-claimed': true, 'offer-ended': true, 'offer-made': true,
  'roles-suppressed': true, 'task-changed': true, 'task-launched': true, 'task-removed': true,
}
export const EVENT_TYPES: readonly string[] = Object.keys(TYPES)

const WARNING = /^agent-(unreachable|disconnected|gone)$|^framework-disconnected$/
const TROUBLE: ReadonlySet<string> = new Set(['FAILED', 'ERROR', 'LOST', 'DROPPED', 'UNREACHABLE', 'GONE'])

export function eventView(entry: HistoryEntry, nameOf = NAMELESS): EventView {
  const { number, atMs, happening, launchId, agentId } = entry
  const isTrouble =
    WARNING.test(happening.type) ||
    ('state' in happening && TROUBLE.has(happening.state))
  const taskId =
    happening.type === 'task-launched' ? happening.task.taskId : 'taskId' in happening ? happening.taskId : undefined
  const offer = 'offer' in happening ? happening.offer : undefined
  return {
    number,
    at: new Date(atMs).toISOString(),
    type: happening.type,
    level: isTrouble ? 'warn' : 'info',
    text: wordsOf(happening, nameOf),
    ...given('agent', offer?.agentId ?? ('agentId' in happening ? happening.agentId : agentId)),
    ...given('framework', offer?.frameworkId ?? ('frameworkId' in happening ? happening.frameworkId : undefined)),
    ...given('task', taskId),
    ...given('launch', 'launchId' in happening ? happening.launchId : launchId),
    ...given('offer', offer?.offerId),
  }
}

const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })

function wordsOf(happening: Happening, nameOf: NameOf): string {
  const agent = 'agentId' in happening ? called('agent', nameOf(happening.agentId)) : ''
  const framework = 'frameworkId' in happening ? called('framework', nameOf(happening.frameworkId)) : ''
  switch (happening.type) {
    case 'genesis':
      return `cluster ${happening.cluster} was founded`
    case 'leadership-claimed':
      return `master ${happening.master} leads from here on, in epoch ${happening.epoch}`
    case 'agent-admitted':
      return `${agent} belongs to the cluster with ${brief(happening.info.resources)}`
    case 'agent-unreachable':
      return `${agent} has been silent too long: it is unreachable`
    case 'agent-reachable':
      return `${agent} was unreachable, and is back`
    case 'agent-removed':
      return `${agent} has left the cluster`
    case 'agent-connected':
      return `${agent} is connected`
    case 'agent-disconnected':
      return `${agent} is not connected any more; its tasks run on`
    case 'framework-admitted':
      return `framework ${happening.info.name} is known, in the roles ${happening.info.roles.join(', ')}`
    case 'framework-removed':
      return `${framework} has ended, and its tasks with it`
    case 'framework-connected':
      return `${framework} is subscribed`
    case 'framework-disconnected':
      return `${framework} is not connected any more`
    case 'roles-suppressed':
      return happening.roles.length > 0
        ? `${framework} wants no offers for the roles ${happening.roles.join(', ')}`
        : `${framework} wants offers again`
    case 'task-launched': {
      const { taskId, name, resources } = happening.task
      return `task ${taskId}${name === taskId ? '' : ` (${name})`} was launched with ${brief(resources)}`
    }
    case 'task-changed': {
      const { taskId, state, exitCode, signal, text } = happening
      const isSaid = /^(exited with|killed by) /.test(text ?? '')
      const how = signal ? ` by ${signal}` : exitCode ? ` with exit code ${exitCode}` : ''
      return `task ${taskId} is ${state}${how}${isSaid || !text ? '' : `: ${text}`}`
    }
    case 'task-removed':
      return `the end of task ${happening.taskId} has reached its scheduler`
    case 'executor-launched':
      return `executor ${happening.executorId} takes ${brief(happening.resources)}`
    case 'executor-ended':
      return `executor ${happening.executorId} has ended`
    case 'offer-made':
      return `${brief(happening.offer.resources)} of ${happening.offer.hostname} were offered`
    case 'offer-ended':
      return `the offer of ${happening.offer.hostname} was ${happening.outcome}`
    case 'agent-deactivated':
      return `an operator wants nothing of ${agent} offered`
    case 'agent-activated':
      return `${agent} is offered again`
    case 'agent-draining':
      return `an operator wants ${agent} empty: it is drained`
    case 'agent-gone':
      return `an operator has said that ${agent} never comes back`
    default:
      return other(happening)
  }
}

const called = (noun: 'agent' | 'framework', name: string | undefined): string =>
  name === undefined ? `${noun === 'agent' ? 'an' : 'a'} ${noun}` : `${noun} ${name}`

/** A record that a newer master knows of. */
const other = (happening: never): string => String((happening as { readonly type: string }).type).replaceAll('-', ' ')

const brief = (resources: Parameters<typeof amountsOf>[0]): string => {
  const parts = Object.entries(amountsOf(resources))
    .filter(([, amount]) => typeof amount === 'number')
    .map(([name, amount]) => (name === 'cpus' ? `${amount} ${amount === 1 ? 'cpu' : 'cpus'}` : `${amount} MB ${name}`))
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}
