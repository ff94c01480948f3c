import assert from 'node:assert/strict'
import test from 'node:test'
import { applyToAgents, GONE_AGENTS_MAX, isOffered, type AgentBooks } from '../../../actors/master/agent-record.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { agentInfo } from './desk.js'

const agentId = 'w-S0' as AgentId
const admitted = { type: 'agent-admitted', agentId, info: agentInfo(), atMs: 1 } as const

function booksWith(...records: readonly Parameters<typeof applyToAgents>[1][]): AgentBooks {
  const books: AgentBooks = { agents: new Map(), goneAgents: new Map() }
  for (const record of records) applyToAgents(books, record)
  return books
}
const offered = (books: AgentBooks) => {
  const agent = books.agents.get(agentId)
  return agent && isOffered(agent)
}

test('a deactivation and a drain both withhold an agent, and one activation ends both', () => {
  const [off, drain] = [
    { type: 'agent-deactivated', agentId, atMs: 2 }, { type: 'agent-draining', agentId, atMs: 2, graceMs: 5 },
  ] as const
  const on = { type: 'agent-activated', agentId, atMs: 3 } as const
  assert.equal(offered(booksWith(admitted)), true)
  assert.equal(offered(booksWith(admitted, off)), false)
  assert.equal(offered(booksWith(admitted, drain)), false)
  assert.equal(offered(booksWith(admitted, off, drain, on)), true)
  assert.deepEqual(booksWith(admitted, drain).agents.get(agentId)?.drain, {
    sinceMs: 2, graceMs: 5, deadlineMs: undefined, gone: false,
  })
})

test('what operators want of an agent outlives a change of its description and its being away', () => {
  const books = booksWith(admitted, { type: 'agent-draining', agentId, atMs: 2 },
    { type: 'agent-unreachable', agentId, atMs: 3 }, { type: 'agent-reachable', agentId, atMs: 4 },
    { ...admitted, atMs: 5 })
  assert.equal(offered(books), false)
})

test('of agents that are gone only so many are remembered, the latest', () => {
  const books = booksWith(admitted)
  const gone = (number: number) => ({
    type: 'agent-gone', agentId: `w-S${number}` as AgentId, hostname: 'h', atMs: 1,
  } as const)
  for (let number = 0; number <= GONE_AGENTS_MAX; number++) applyToAgents(books, gone(number))
  assert.equal(books.goneAgents.size, GONE_AGENTS_MAX)
  assert.deepEqual([books.goneAgents.has(agentId), books.agents.size], [false, 0])
})
