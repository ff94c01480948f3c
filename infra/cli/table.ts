/** Table: every command there is, in the order of `warren --help`. */
import type { Entry } from './command.js'

export const COMMANDS: readonly Entry[] = [
  { name: 'dev', summary: 'a cluster on this machine', load: () => import('./dev.js') },
  { name: 'master', summary: 'a master, as a long-running node', load: () => import('./master.js') },
  { name: 'agent', summary: 'an agent that offers this machine, as a long-running node', load: () => import('./agent.js') },
  { name: 'run', summary: 'one command as a task; prints what it prints, exits as it exits', load: () => import('./run.js') },
  { name: 'batch', summary: 'one task per input line or file', load: () => import('./batch.js') },
  { name: 'framework run', summary: 'run a framework that you wrote', load: () => import('./framework-run.js') },
  { name: 'example offers', summary: 'watch one cycle of offers, played on real actors', load: () => import('./example-offers.js') },
  ...(['agent', 'framework', 'task', 'offer'] as const).flatMap((noun): Entry[] => [
    { name: `${noun} list`, summary: `${noun}s, one a line`, load: async () => ({ command: (await import('./list.js')).listOf(noun) }) },
    { name: `${noun} inspect`, summary: `everything about one ${noun}`, load: async () => ({ command: (await import('./inspect.js')).inspectOf(noun) }) },
  ]),
  { name: 'task logs', summary: 'what a task has written', load: () => import('./task-logs.js') },
  { name: 'task kill', summary: 'end a task', load: () => import('./task-kill.js') },
  { name: 'start', summary: 'the first tour: a cluster, the example, a job', load: () => import('./start.js') },
  { name: 'executor', summary: 'an executor that you wrote; agents call this', load: () => import('./executor.js') },
]
