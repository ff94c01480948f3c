import assert from 'node:assert/strict'
import test from 'node:test'
import { change, KILLS_MAX, READERS_MAX } from '../../../actors/master/present-change.js'
import { newPresent } from '../../../actors/master/present.js'
import type { AgentId, FrameworkId, LaunchId } from '../../../actors/protocol/ids.js'
import { agentRef, schedulerRef } from './desk.js'

const agentId = 'w-S0' as AgentId

test('each life of an agent is told of under a number of its own, which its absence does not change', () => {
  const present = newPresent()
  const telling = () => present.agents.get(agentId)?.telling
  change(present, { type: 'agent-unlinked', agentId, atMs: 1 })
  assert.equal(telling(), 0)
  change(present, { type: 'agent-linked', agentId, ref: agentRef('a'), atMs: 1 })
  assert.equal(telling(), 1)
  change(present, { type: 'agent-unlinked', agentId, atMs: 2 })
  assert.equal(telling(), 1)
  change(present, { type: 'agent-forgotten', agentId })
  change(present, { type: 'agent-linked', agentId, ref: agentRef('a'), atMs: 3 })
  assert.equal(telling(), 2)
})

test('what is said of peers that are not there changes nothing', () => {
  const present = newPresent()
  change(present, { type: 'agent-pinged', agentId })
  change(present, { type: 'roles-suppressed', frameworkId: 'w-0000' as FrameworkId, roles: [] })
  change(present, { type: 'scheduler-forgotten', frameworkId: 'w-0000' as FrameworkId })
  assert.deepEqual(present, newPresent())
})

test('a scheduler that comes back has suppressed nothing', () => {
  const present = newPresent()
  const frameworkId = 'w-0000' as FrameworkId
  const linked = () => change(present, { type: 'scheduler-linked', frameworkId, ref: schedulerRef('one'), atMs: 1 })
  linked()
  change(present, { type: 'roles-suppressed', frameworkId, roles: ['*' as never] })
  linked()
  assert.deepEqual(present.schedulers.get(frameworkId)?.suppressed, [])
})

test('kills and readers are bounded, the oldest giving way', () => {
  const present = newPresent()
  for (let number = 0; number <= KILLS_MAX; number++) {
    change(present, { type: 'kill-asked', launchId: `${number}` as LaunchId, kill: {} })
  }
  for (let number = 0; number <= READERS_MAX; number++) {
    change(present, { type: 'read-asked', readId: `${number}`, replyTo: 'x' as never })
  }
  assert.deepEqual([present.kills.size, present.readers.size], [KILLS_MAX, READERS_MAX])
  assert.ok(!present.kills.has('0' as LaunchId) && !present.readers.has('0'))
})
