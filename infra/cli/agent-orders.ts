/** Agent orders: `warren agent deactivate|reactivate|drain|gone ID`, what an operator wants of an agent. */
import type { Ordered } from '../http/agent-routes.js'
import { print, printJson } from './columns.js'
import type { Call, Command, Option } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { clientOf, segment } from './http-client.js'
import { nextSteps } from './invocation.js'
import { idOf } from './inspect.js'
import { duration } from './task-options.js'

export type OrderName = 'deactivate' | 'reactivate' | 'drain' | 'gone'

interface Order {
  readonly options?: readonly Option[]
  readonly examples: readonly string[]
  readonly notes: string
  /** What has been done, and what to do next. */
  said(id: string, ordered: Ordered): readonly string[]
}

const CALLED = 'An agent is called by its id, the beginning of it, or its name, as long as it means one only.'

const ORDERS: Readonly<Record<OrderName, Order>> = {
  deactivate: {
    examples: ['warren agent deactivate 3f9k2a-S0', 'warren agent deactivate 3f9k2a-S0 --json'],
    notes: `Nothing of it is offered any more; its tasks run on.\n${CALLED}`,
    said: (id, { changed }) => [
      changed ? `agent ${id} is offered no more; its tasks run on` : `agent ${id} was not offered before`,
      `end its tasks, too: warren agent drain ${id}`, `offer it again: warren agent reactivate ${id}`,
    ],
  },
  reactivate: {
    examples: ['warren agent reactivate 3f9k2a-S0', 'warren agent reactivate 3f9k2a-S0 --json'],
    notes: `Ends a deactivation and a drain: the agent is offered as any other.\n${CALLED}`,
    said: (id, { changed }) => [
      changed ? `agent ${id} is offered again` : `agent ${id} was offered before`, `see it: warren agent inspect ${id}`,
    ],
  },
  drain: {
    options: [
      {
        flags: '--grace <duration>', parse: duration('grace'),
        help: 'how long each task has to end, such as 30s; its own grace unless given',
      },
      { flags: '--deadline <duration>', parse: duration('deadline'), help: 'from then on tasks are ended at once' },
      { flags: '--gone', help: 'once it is empty it is gone for good (see `warren agent gone`)', isFlagOnly: true },
    ],
    examples: [
      'warren agent drain 3f9k2a-S0', 'warren agent drain 3f9k2a-S0 --grace 30s --deadline 1h',
      'warren agent drain 3f9k2a-S0 --gone',
    ],
    notes: 'Nothing of it is offered, and its tasks are ended, also those that it runs while it is away now. It stays\n'
      + `drained, also when it is started anew, until \`warren agent reactivate\`.\n${CALLED}`,
    said: (id, ordered) => [
      ...drainSaid(id, ordered), `see how far it is: warren agent inspect ${id}`,
      `offer it again: warren agent reactivate ${id}`,
    ],
  },
  gone: {
    examples: ['warren agent gone 3f9k2a-S0', 'warren agent gone 3f9k2a-S0 --json'],
    notes: 'For a machine that never comes back. Its tasks are over (GONE_BY_OPERATOR), so that their frameworks run\n'
      + 'them elsewhere, and its id is refused for ever; should it live, it ends its tasks. There is no way back: to\n'
      + `join again, the machine needs a fresh --work-dir.\n${CALLED}`,
    said: (id, { changed }) => [
      changed ? `agent ${id} is gone` : `agent ${id} was gone before`, 'see what is left: warren agent list',
    ],
  },
}

/** Of one that is away nobody knows what it runs. */
export function drainSaid(id: string, { changed, agent }: Ordered): readonly string[] {
  const isAway = agent.connection !== 'connected'
  if (agent.state === 'drained') {
    return [`agent ${id} is ${isAway ? `${agent.connection}: it will be drained when it is back` : 'drained'}`]
  }
  const drains = `agent ${id} ${changed ? 'drains' : 'drains already'}: ${tasks(agent.tasks)} still to end`
  return [drains, ...(isAway ? [`it is ${agent.connection}: it ends them when it is back`] : [])]
}

export const orderOf = (name: OrderName): Command => ({
  arguments: ['<agent>'],
  options: [...ORDERS[name].options ?? [], { flags: '--json', help: 'one JSON document' }, ...HTTP_OPTIONS],
  examples: ORDERS[name].examples,
  notes: ORDERS[name].notes,
  run: (call) => order(name, call),
})

async function order(name: OrderName, { arguments: [id = ''], options }: Call): Promise<number> {
  const query = new URLSearchParams()
  for (const each of ['grace', 'deadline']) {
    if (options[each] !== undefined) query.set(`${each}Ms`, String(options[each]))
  }
  if (name === 'drain' && options['gone'] === true) query.set('gone', '1')
  const path = `/v1/agents/${segment(idOf('agent', id))}/${name}`
  const ordered = await clientOf(options).post<Ordered>(query.size > 0 ? `${path}?${query}` : path)
  if (options['json'] === true) return printJson(ordered)
  const lines = ORDERS[name].said(ordered.agent.id, ordered)
  return print(nextSteps(`${lines.join('\n')}\n`, options))
}

const tasks = (count: number): string => `${count} task${count === 1 ? '' : 's'}`
