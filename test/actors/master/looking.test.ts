import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LaunchId } from '../../../actors/protocol/ids.js'
import type { OperatorFiles, OperatorRead, OperatorUsage } from '../../../actors/protocol/look.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { agentRef, deskAtWork } from './desk.js'

const node = nodeAddress('master', 'm', '1')
const lister = refOf<OperatorFiles>(node, 'port.lister')
const reader = refOf<OperatorRead>(node, 'port.reader')
const launchId = 'w-L1' as LaunchId

test('a question about files goes to the agent, and its answer to whoever asked', () => {
  const { desk, agentId } = deskAtWork()
  const list = { launchId, path: 'sandbox', after: 'a', entriesMax: 9 }
  const read = { launchId, path: 'sandbox/a', offset: 3, bytesMax: 9, follow: true }
  assert.deepEqual(desk.say({ type: 'operator-list-files', agentId, ...list, replyTo: lister }).effects,
    [{ to: agentRef('a'), message: { type: 'list-files', requestId: '3-0.operator', ...list } }])
  assert.deepEqual(desk.say({ type: 'operator-read-file', agentId, ...read, replyTo: reader }).effects,
    [{ to: agentRef('a'), message: { type: 'read-file', requestId: '3-1.operator', ...read } }])
  const entries = [{ name: 'b', kind: 'file', size: 1, modifiedMs: 2 }] as const
  assert.deepEqual(desk.say({ type: 'files-listed', requestId: '3-0.operator', entries, next: 'b' }).effects,
    [{ to: lister, message: { type: 'files', entries, next: 'b' } }])
  const data = new Uint8Array([1])
  const ofLeaderBefore = desk.say({ type: 'task-output', requestId: '2-1.operator', offset: 0, data, end: true })
  assert.deepEqual(ofLeaderBefore.effects, [], 'what a leader before has asked answers no question of this one')
  assert.deepEqual(
    desk.say({ type: 'task-output', requestId: '3-1.operator', offset: 3, data, end: false, size: 4 }).effects,
    [{ to: reader, message: { type: 'output', requestId: 'operator', offset: 3, data, end: false, size: 4 } }])
  assert.deepEqual(desk.say({ type: 'files-listed', requestId: '3-0.operator', entries }).effects, [], 'once')
})

test('nothing is written to the log for it, and an agent that is away is not asked', () => {
  const { desk, agentId } = deskAtWork()
  const list = { type: 'operator-list-files', agentId, path: '', entriesMax: 9, replyTo: lister } as const
  assert.deepEqual(desk.say(list).records, [])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const problem = `agent ${agentId} is away, so nothing can be read`
  assert.deepEqual(desk.say(list).effects, [{ to: lister, message: { type: 'files', entries: [], problem } }])
  const read = { path: 'a', offset: 0, bytesMax: 9, follow: false }
  const [effect] = desk.say({ type: 'operator-read-file', agentId, ...read, replyTo: reader }).effects
  assert.equal((effect?.message as unknown as OperatorRead | undefined)?.problem, problem)
})

test('how busy a machine is is asked of its agent, and told to whoever asked', () => {
  const { desk, agentId } = deskAtWork()
  const replyTo = refOf<OperatorUsage>(node, 'port.usage')
  const measure = { type: 'operator-measure', agentId, launches: false, replyTo } as const
  assert.deepEqual(desk.say(measure).effects,
    [{ to: agentRef('a'), message: { type: 'measure-machine', requestId: '3-0.operator', launches: false } }])
  assert.deepEqual(desk.say({ type: 'machine-measured', requestId: '3-0.operator', problem: 'no' }).effects,
    [{ to: replyTo, message: { type: 'usage', problem: 'no' } }])
  desk.say({ type: 'agent-lost', agentId, ref: agentRef('a') as never })
  const away = { type: 'usage', problem: `agent ${agentId} is away, so nothing can be read` }
  assert.deepEqual(desk.say(measure).effects, [{ to: replyTo, message: away }])
})
