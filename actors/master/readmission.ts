/**
 * Readmission: whether an agent that has changed can still be the agent that it was. Pure.
 *
 * Its tasks run on whatever is answered. What it has is a promise to whoever was offered it, so it may grow, and
 * shrink as long as what its tasks hold still fits; frameworks know it by its host.
 */
import type { AgentInfo } from '../protocol/agent.js'
import { printResources } from '../resources/print.js'
import { contains, type Resources } from '../resources/resources.js'
import type { AgentRecord } from './agent-record.js'

/**
 * Why a known agent cannot be taken back as it describes itself now, and what to do; or undefined.
 * @param held what its tasks and executors will hold once it is back
 */
export function readmissionProblem(
  { agentId, info: before }: AgentRecord, now: AgentInfo, held: Resources,
): string | undefined {
  if (before.hostname !== now.hostname) {
    return `agent ${agentId} is known as host '${before.hostname}' and comes back as '${now.hostname}': `
      + `start it with --hostname ${before.hostname}, or with a fresh --work-dir as a new agent`
  }
  if (contains(now.resources, held)) return undefined
  const [has, needs] = [printResources(now.resources) || 'nothing', printResources(held)]
  return `agent ${agentId} comes back with ${has}, and its tasks hold ${needs}: `
    + 'start it with --resources of at least that, and before it shrinks drain it: '
    + `warren agent drain ${agentId}; or start it with a fresh --work-dir as a new agent`
}

/** Whatever ran there before the machine was started anew has ended. */
export const hasRebooted = (known: AgentRecord | undefined, { bootId }: AgentInfo): boolean =>
  known !== undefined && known.info.bootId !== bootId
