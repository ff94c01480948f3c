/** Agent node: the agent with its journal, its launcher and its executors, in a work directory. */
import { agent } from '../../actors/agent/agent.js'
import type { AgentOwnerEvent, Message } from '../../actors/agent/state.js'
import { commandExecutor } from '../../actors/executor/command-executor.js'
import { processExecutor } from '../../actors/executor/process-executor.js'
import type { ModuleRunner } from '../../actors/executor/process-state.js'
import type { AgentInfo } from '../../actors/protocol/agent.js'
import { AGENT_PATH } from '../../actors/protocol/executor.js'
import type { JournalEntry } from '../../actors/protocol/journal.js'
import type { LauncherRequest, OutputRequest } from '../../actors/protocol/machine.js'
import type { UsageRequest } from '../../actors/protocol/usage.js'
import type { Attributes } from '../../actors/resources/attributes.js'
import { of } from '../../actors/resources/amounts.js'
import { add, own, type Resources } from '../../actors/resources/resources.js'
import type { Ref } from '../../runtime/address.js'
import type { LogRequest } from '../../runtime/log.js'
import type { System } from '../../runtime/system.js'
import { openJournalPort, type JournalPort } from '../agent/journal-port.js'
import { openLauncher } from '../agent/launcher.js'
import { openOutput } from '../agent/output.js'
import { Usage } from '../agent/usage.js'
import { openSandboxes, type SandboxLimits } from '../agent/sandboxes.js'
import { reasonOf } from '../disk/reason.js'
import { checkCluster, checkOwner, openWorkDirectory, WorkDirectoryError } from '../disk/work-directory.js'
import { probeMachine } from '../probe.js'
import { openNode, type NodeOptions } from './node.js'

export interface AgentNodeOptions extends Omit<NodeOptions, 'kind'> {
  readonly workDir: string
  /** Which it is to join, if it matters: a work directory that is another's is refused then before anything is done. */
  readonly cluster?: string
  /** What is not named here is probed. */
  readonly resources: Resources
  readonly attributes: Attributes
  readonly hostname?: string
  /** How executors that are files are run, and how they join. */
  readonly modules: ModuleRunner
  /** When what ended tasks have left is removed. */
  readonly sandboxes?: SandboxLimits
  /** Told each time that a master has taken the agent on, or would not. */
  readonly standing?: (event: AgentOwnerEvent) => void
}

export interface AgentNode {
  readonly system: System
  readonly agent: Ref<Message>
  readonly info: AgentInfo
  /** Ends the tasks, leaves the cluster, and closes everything; within 10 seconds. */
  leave(): Promise<void>
  /** Closes everything and leaves the tasks running, for the agent's next life to find. */
  abandon(): Promise<void>
}

/** Throws with a message for people when the work directory cannot be used or the link not be opened. */
export async function openAgentNode(options: AgentNodeOptions): Promise<AgentNode> {
  const directory = openWorkDirectory(options.workDir)
  const opened: { system?: System; journal?: JournalPort } = {}
  try {
    // Read before the node joins: a directory that is not this agent's must not be noticed by anybody.
    const journal = await journalOf(options, directory.path, (...told) => opened.system?.tell(...told))
    opened.journal = journal
    const info = await describe(options, directory.path)
    const system = await openNode({ ...options, kind: 'agent' })
    opened.system = system
    const launcher = openLauncher({ workDir: directory.path, tell: (to, event) => system.tell(to, event) })
    const output = openOutput({ workDir: directory.path, tell: (to, event) => system.tell(to, event) })
    const usage = new Usage({
      workDir: directory.path, groups: () => launcher.groups(), tell: (to, event) => system.tell(to, event),
    })
    const sandboxes = openSandboxes({
      ...options.sandboxes, workDir: directory.path, logger: options.logger, now: () => Date.now(),
      isHeld: (id) => launcher.runs(id) || journal.holds(id),
    })
    const actor = agent({
      info,
      journal: system.port<LogRequest<JournalEntry>>('journal', journal.handle),
      launcher: system.port<LauncherRequest>('launcher', (request) => launcher.request(request)),
      output: system.port<OutputRequest>('output', (request) => output.request(request)),
      usage: system.port<UsageRequest>('usage', (request) => usage.request(request)),
      owner: system.port<AgentOwnerEvent>('owner', (event) => options.standing?.(event)),
      executors: {
        command: commandExecutor,
        process: (wish) => processExecutor({ ...wish, modules: options.modules }),
      },
    })
    const ref = system.spawn(AGENT_PATH, actor)
    system.onConnection((state) => {
      if (state === 'connected') system.tell(ref, { type: 'reconnected' })
    })
    const close = async () => {
      await system.stop()
      launcher.close()
      output.close()
      usage.close()
      await sandboxes.close()
      await journal.close()
      directory.close()
    }
    return {
      system, agent: ref, info, abandon: close,
      async leave() {
        type Left = { readonly type: 'left' }
        await system.ask<Message, Left>(ref, (replyTo) => ({ type: 'leave', replyTo }), LEAVE_TIMEOUT_MS)
          .catch(() => undefined)
        await close()
      },
    }
  } catch (error) {
    await opened.system?.stop()
    await opened.journal?.close()
    directory.close()
    throw error
  }
}

/** Throws a WorkDirectoryError when it cannot be read, or is that of another agent or cluster. */
async function journalOf(
  { name, cluster, logger }: AgentNodeOptions, directory: string, tell: Parameters<typeof openJournalPort>[1],
): Promise<JournalPort> {
  const journal = await openJournalPort(`${directory}/journal`, tell, logger).catch((error: unknown) => {
    throw new WorkDirectoryError(reasonOf(error))
  })
  try {
    checkOwner(directory, journal.owner, `agent-${name}`)
    checkCluster(directory, journal.cluster, cluster)
    return journal
  } catch (error) {
    await journal.close()
    throw error
  }
}

const LEAVE_TIMEOUT_MS = 9_000

async function describe(options: AgentNodeOptions, workDir: string): Promise<AgentInfo> {
  const { resources, attributes, hostname, name } = options
  const machine = await probeMachine(workDir)
  const { scalars, ranges } = resources
  const named = (name: string) => own(scalars, name) !== undefined || own(ranges, name) !== undefined
  const probed = {
    ...(named('cpus') ? {} : { cpus: machine.cpus }),
    ...(named('mem') ? {} : { mem: machine.memMb }),
    ...(named('disk') ? {} : { disk: machine.diskMb }),
    ...(named('ports') ? {} : { ports: machine.ports.map(([begin, end]) => ({ begin, end })) }),
  }
  const { bootId } = machine
  return { hostname: hostname ?? machine.hostname, resources: add(resources, of(probed)), attributes, bootId, name }
}
