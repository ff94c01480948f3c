/** Looking: questions that only an agent can answer are passed on to it, and its answers to who asked. */
import type { AgentCall } from '../protocol/agent.js'
import type { OperatorLook } from '../protocol/look.js'
import { decision, tell, type Decision, type Knowledge } from './decision.js'

const AWAY = 'its agent is away'

export function onLook({ present }: Knowledge, look: OperatorLook): Decision {
  const agent = present.agents.get(look.agentId)?.ref
  if (!agent) return decision({ effects: refused(look) })
  const readId = `${present.nextRead}.operator`
  const { replyTo } = look
  return decision({ changes: [{ type: 'read-asked', readId, replyTo }], effects: tell(agent, asked(look, readId)) })
}

export function onFilesListed({ present }: Knowledge, answer: Extract<AgentCall, { type: 'files-listed' }>): Decision {
  const { type: _, requestId: readId, ...told } = answer
  return decision({
    changes: [{ type: 'read-answered', readId }],
    effects: tell(present.readers.get(readId), { type: 'files', ...told }),
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
  }
}

function refused(look: OperatorLook) {
  switch (look.type) {
    case 'operator-list-files': return tell(look.replyTo, { type: 'files', entries: [], problem: AWAY })
    case 'operator-read-file': {
      const { replyTo, offset } = look
      return tell(replyTo, { type: 'output', offset, data: new Uint8Array(), end: true, problem: AWAY })
    }
  }
}
