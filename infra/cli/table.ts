/** Table: every command there is, in the order of `warren --help`. */
import type { Entry } from './command.js'

const NOUNS = ['agent', 'framework', 'task', 'offer'] as const

const EXPLAINED = ['task', 'framework', 'role'] as const
const EXPLANATIONS = {
  task: 'where a task is, and what it waits for', framework: 'why each agent is not offered to a framework',
  role: 'who of a role is asked first, and why the others wait',
} as const

const AGENT_ORDERS = {
  deactivate: 'offer nothing of an agent; its tasks run on', reactivate: 'offer an agent again',
  drain: 'offer nothing of an agent, and end its tasks', gone: 'an agent that never comes back',
} as const

const DIRECTORIES = {
  task: 'the directory of a task', agent: 'the directory of all launches of an agent',
} as const

const entry = (name: string, summary: string, load: Entry['load']): Entry => ({ name, summary, load })

export const COMMANDS: readonly Entry[] = [
  entry('dev', 'a cluster on this machine', () => import('./dev.js')),
  entry('master', 'a master, as a long-running node', () => import('./master.js')),
  entry('agent', 'an agent that offers this machine, as a long-running node', () => import('./agent.js')),
  entry('run', 'one command as a task; prints what it prints, exits as it exits', () => import('./run.js')),
  entry('batch', 'one task per input line or file', () => import('./batch.js')),
  entry('framework run', 'run a framework that you wrote', () => import('./framework-run.js')),
  entry('example offers', 'one cycle of offers, played on real actors', () => import('./example-offers.js')),
  ...NOUNS.flatMap((noun) => [
    entry(`${noun} list`, `${noun}s, one a line`, async () => {
      const { listOf } = await import('./list.js')
      return { command: listOf(noun) }
    }),
    entry(`${noun} inspect`, `everything about one ${noun}`, async () => {
      const { inspectOf } = await import('./inspect.js')
      return { command: inspectOf(noun) }
    }),
  ]),
  entry('actor list', 'the actors of every node, and how each fares', () => import('./actor-list.js')),
  entry('actor inspect', 'what waits for an actor, and what it holds', () => import('./actor-inspect.js')),
  entry('dead-letter list', 'messages that nobody took, and why', () => import('./dead-letter-list.js')),
  entry('dead-letter replay', 'send one of them again', () => import('./dead-letter-replay.js')),
  entry('role list', 'roles, and what each has of the cluster', async () => {
    const { listOf } = await import('./list.js')
    return { command: listOf('role') }
  }),
  ...(Object.keys(AGENT_ORDERS) as (keyof typeof AGENT_ORDERS)[]).map((name) =>
    entry(`agent ${name}`, AGENT_ORDERS[name], async () => {
      const { orderOf } = await import('./agent-orders.js')
      return { command: orderOf(name) }
    })),
  entry('agent usage', 'how busy machines are, beside what is allocated', () => import('./agent-usage.js')),
  entry('framework teardown', 'end a framework and its tasks', () => import('./framework-teardown.js')),
  entry('task logs', 'what a task has written', () => import('./task-logs.js')),
  ...(['task', 'agent'] as const).flatMap((noun) => [
    entry(`${noun} files`, `what ${DIRECTORIES[noun]} holds`, async () => {
      const { filesOf } = await import('./files.js')
      return { command: filesOf(noun) }
    }),
    entry(`${noun} cat`, `a file of ${DIRECTORIES[noun]}`, async () => {
      const { catOf } = await import('./file-cat.js')
      return { command: catOf(noun) }
    }),
  ]),
  entry('task kill', 'end a task', () => import('./task-kill.js')),
  entry('trace tail', 'every message as it is handled', () => import('./trace-tail.js')),
  entry('trace show', 'one trace, as a tree of causes or a diagram', () => import('./trace-show.js')),
  entry('trace record', 'what happens to messages, into a file', () => import('./trace-record.js')),
  entry('trace open', 'a recording in the console', () => import('./trace-open.js')),
  ...EXPLAINED.map((noun) => entry(`explain ${noun}`, EXPLANATIONS[noun], async () => {
    const { explainOf } = await import('./explain.js')
    return { command: explainOf(noun) }
  })),
  entry('events', 'what the cluster decided and why', () => import('./events.js')),
  entry('trace replay', 'what an actor was given, given to it again', () => import('./trace-replay.js')),
  entry('top', 'a cluster on one screen, as it changes', () => import('./top.js')),
  entry('doctor', 'what is well here, and what to mend', () => import('./doctor.js')),
  entry('broker setup', 'users and rights on the broker, one for each node', () => import('./broker-setup.js')),
  entry('version', 'which Warren this is', () => import('./show-version.js')),
  entry('start', 'the first tour: a cluster, the example, a job', () => import('./start.js')),
  entry('executor', 'an executor that you wrote; agents call this', () => import('./executor.js')),
]
