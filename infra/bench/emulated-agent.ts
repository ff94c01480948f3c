/**
 * Emulated agent: a node of its own on the broker, with the agent's own behaviour and everything that it
 * says. Only what it does to its machine is emulated: processes are table rows, the journal is in memory.
 * So hundreds of them fit into one process, and cost the masters and the broker what real ones do.
 */
import { agent } from '../../actors/agent/agent.js'
import type { AgentOwnerEvent } from '../../actors/agent/state.js'
import { commandExecutor } from '../../actors/executor/command-executor.js'
import { processExecutor } from '../../actors/executor/process-executor.js'
import { AGENT_PATH } from '../../actors/protocol/executor.js'
import type { JournalEntry } from '../../actors/protocol/journal.js'
import type { LauncherRequest, OutputRequest } from '../../actors/protocol/machine.js'
import { of } from '../../actors/resources/amounts.js'
import { silent } from '../../runtime/logger.js'
import type { LogRequest } from '../../runtime/log.js'
import type { System } from '../../runtime/system.js'
import type { OpenLink } from '../link.js'
import { memoryLog } from '../memory/log.js'
import { SimulatedMachine } from '../memory/machine.js'
import { moduleRunner } from '../node/module-runner.js'
import { openNode } from '../node/node.js'

export const AGENT_CPUS = 16
const AGENT_MEM_MB = 65_536
/** What a process that ends as soon as it has begun is told to run; every other one stays. */
export const BRIEF = 'brief'

export interface EmulatedAgentOptions {
  readonly name: string
  readonly openLink: OpenLink
  readonly standing?: (event: AgentOwnerEvent) => void
  /** A process begins. */
  readonly began?: () => void
}

export async function openEmulatedAgent({ name, openLink, standing, began }: EmulatedAgentOptions): Promise<System> {
  const system = await openNode({ kind: 'agent', name, openLink, logger: silent })
  const machine = new SimulatedMachine((to, message) => system.tell(to, message as never))
  const journal = memoryLog<JournalEntry>((to, event) => system.tell(to, event))
  const launch = (request: LauncherRequest): void => {
    if (request.type === 'start') began?.()
    machine.launcher(request)
    if (isBrief(request)) machine.end(request.launchId, { code: 0 })
  }
  const ref = system.spawn(AGENT_PATH, agent({
    info: { hostname: name, resources: of({ cpus: AGENT_CPUS, mem: AGENT_MEM_MB }), attributes: {}, bootId: 'bench' },
    journal: system.port<LogRequest<JournalEntry>>('journal', journal),
    launcher: system.port<LauncherRequest>('launcher', launch),
    output: system.port<OutputRequest>('output', machine.output),
    owner: system.port<AgentOwnerEvent>('owner', (event) => standing?.(event)),
    executors: {
      command: commandExecutor, process: (wish) => processExecutor({ ...wish, modules: moduleRunner({}) }),
    },
  }))
  system.onConnection((state) => {
    if (state === 'connected') system.tell(ref, { type: 'reconnected' })
  })
  return system
}

const isBrief = (request: LauncherRequest): boolean =>
  request.type === 'start' && 'argv' in request.program && request.program.argv[0] === BRIEF
