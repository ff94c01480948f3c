/** Looking: questions that only an agent can answer are passed on to it, and its answers to who asked. */
import type { AgentCall } from '../protocol/agent.js'
import type { AgentId } from '../protocol/ids.js'
import type { OperatorLook } from '../protocol/look.js'
import { decision, tell, type Decision, type Knowledge } from './decision.js'
import type { AgentAnswer } from './present.js'

type Looked = Extract<AgentCall, { type: 'files-listed' | 'machine-measured' }>

/**
 * What a question is called at an agent. Agents still answer what a leader before has asked, to whoever leads: that
 * must be no answer to one of the next leader's questions.
 */
export const readIdOf = ({ cluster, present }: Knowledge, requestId: string): string =>
  `${cluster.epoch}-${present.nextRead}.${requestId}`

export function onLook(knowledge: Knowledge, look: OperatorLook): Decision {
  const agent = knowledge.present.agents.get(look.agentId)?.ref
  if (!agent) return decision({ effects: refused(look, away(knowledge, look.agentId)) })
  const readId = readIdOf(knowledge, 'operator')
  const { replyTo } = look
  return decision({ changes: [{ type: 'read-asked', readId, replyTo }], effects: tell(agent, asked(look, readId)) })
}

/** Nobody waits any more for an answer whose question was forgotten. */
export function onLooked({ present }: Knowledge, answer: Looked): Decision {
  const { type, requestId: readId, ...told } = answer
  const view = { type: type === 'files-listed' ? 'files' : 'usage', ...told } as AgentAnswer
  return decision({
    changes: [{ type: 'read-answered', readId }], effects: tell(present.readers.get(readId), view),
  })
}

function asked(look: OperatorLook, requestId: string) {
  switch (look.type) {
    case 'operator-list-files': {
      const { type: _, agentId: __, replyTo: ___, ...wish } = look
      return { type: 'list-files', requestId, ...wish } as const
    }
    case 'operator-read-file': {
      const { type: _, agentId: __, replyTo: ___, ...wish } = look
      return { type: 'read-file', requestId, ...wish } as const
    }
    case 'operator-measure': return { type: 'measure-machine', requestId, launches: look.launches } as const
  }
}

/** For people, who may have called it by its name. */
function away({ cluster }: Knowledge, agentId: AgentId): string {
  return `agent ${cluster.agents.get(agentId)?.info.name ?? agentId} is away, so nothing can be read`
}

function refused(look: OperatorLook, problem: string) {
  switch (look.type) {
    case 'operator-list-files': return tell(look.replyTo, { type: 'files', entries: [], problem })
    case 'operator-read-file': {
      const { replyTo, offset } = look
      return tell(replyTo, { type: 'output', offset, data: new Uint8Array(), end: true, problem })
    }
    case 'operator-measure': return tell(look.replyTo, { type: 'usage', problem })
  }
}
