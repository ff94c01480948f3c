/**
 * Agent record: what the cluster remembers of an agent: how it described itself, and what operators want of
 * it. A part of the fold over the log (see `cluster.ts`).
 */
import type { AgentInfo } from '../protocol/agent.js'
import type { AgentId } from '../protocol/ids.js'
import type { LogRecord } from '../protocol/log.js'
import { forgetOldest } from './forget-oldest.js'

/** Agents that an operator has declared gone; one that returns after so many others is taken for new. */
export const GONE_AGENTS_MAX = 10_000

export interface AgentRecord {
  readonly agentId: AgentId
  info: AgentInfo
  readonly admittedMs: number
  unreachableSinceMs: number | undefined
  /** An operator wants nothing of it offered. */
  deactivated: boolean
  /** An operator wants it empty. */
  drain: Drain | undefined
}

export interface Drain {
  readonly sinceMs: number
  /** For each task; its own grace unless given. */
  readonly graceMs: number | undefined
  /** Wall-clock: from then on tasks end at once. */
  readonly deadlineMs: number | undefined
  /** Once it is empty it is gone. */
  readonly gone: boolean
}

export interface GoneAgent {
  readonly hostname: string
  readonly name: string | undefined
  readonly goneMs: number
}

export interface AgentBooks {
  readonly agents: Map<AgentId, AgentRecord>
  readonly goneAgents: Map<AgentId, GoneAgent>
}

/** Whether operators let it be offered. */
export const isOffered = ({ deactivated, drain }: Pick<AgentRecord, 'deactivated' | 'drain'>): boolean =>
  !deactivated && drain === undefined

export type AgentFold = Extract<LogRecord, {
  type:
    | 'agent-admitted' | 'agent-unreachable' | 'agent-reachable' | 'agent-removed'
    | 'agent-deactivated' | 'agent-activated' | 'agent-draining' | 'agent-gone'
}>

/** Folds one record in. Total: a record about something unknown changes nothing. */
export function applyToAgents({ agents, goneAgents }: AgentBooks, record: AgentFold): void {
  const { agentId, atMs } = record
  const change = (to: Partial<AgentRecord>): void => {
    const known = agents.get(agentId)
    if (known) Object.assign(known, to)
  }
  switch (record.type) {
    case 'agent-admitted': {
      const { info } = record
      if (agents.has(agentId)) return change({ info })
      const wish = { deactivated: false, drain: undefined }
      agents.set(agentId, { agentId, info, admittedMs: atMs, unreachableSinceMs: undefined, ...wish })
      return
    }
    case 'agent-unreachable': return change({ unreachableSinceMs: atMs })
    case 'agent-reachable': return change({ unreachableSinceMs: undefined })
    case 'agent-deactivated': return change({ deactivated: true })
    case 'agent-activated': return change({ deactivated: false, drain: undefined })
    case 'agent-draining': {
      const { graceMs, deadlineMs, gone = false } = record
      return change({ drain: { sinceMs: atMs, graceMs, deadlineMs, gone } })
    }
    case 'agent-removed':
      agents.delete(agentId)
      return
    case 'agent-gone':
      agents.delete(agentId)
      // Whether it was known or not: its id is refused from here on.
      goneAgents.set(agentId, { hostname: record.hostname, name: record.name, goneMs: atMs })
      forgetOldest(goneAgents, GONE_AGENTS_MAX)
      return
    default: {
      const unknown: never = record
      throw new Error(`unknown record ${JSON.stringify(unknown)}`)
    }
  }
}
