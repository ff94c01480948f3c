import assert from 'node:assert/strict'
import test from 'node:test'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import type { OperatorAnswer } from '../../../actors/protocol/operator.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { refOf } from '../../../runtime/address.js'
import { FRAMEWORK, schedulerRef } from './desk.js'
import { begin, node, registrar, tell, type MasterDriver as Driver } from './master-desk.js'

const frameworkId = 'w-0000' as FrameworkId
const subscribe = { type: 'subscribe', scheduler: schedulerRef('one'), info: FRAMEWORK } as const
const history: LogRecord[] = [
  { type: 'genesis', cluster: 'old', prefix: 'w', clusterId: 'c' },
  { type: 'leadership-claimed', epoch: 5, master: 'm1', nonce: 'n' },
]

function leading(): Driver {
  const driven = begin()
  tell(driven, { type: 'folded', records: history })
  tell(driven, { type: 'elected', epoch: 5, nonce: 'n', clusterId: 'c' })
  driven.take()
  return driven
}

const snapshotOf = (driven: Driver) => driven.toldTo(registrar)
  .flatMap((call) => (call.type === 'snapshot-end' ? [call] : []))

/** Lets all pieces of a snapshot be made. */
function makeAll(driven: Driver): void {
  while (driven.timers.has('snapshot')) driven.fire('snapshot')
}

test('who leads writes what it knew when it was asked; who follows compares it, and begins anew if it differs', () => {
  const leader = leading()
  tell(leader, { type: 'snapshot-wanted', snapshot: 1 })
  leader.receive(subscribe)
  makeAll(leader)
  assert.deepEqual(leader.toldTo(registrar).map(({ type }) => type), [
    'snapshot-begin', 'append', 'snapshot-part', 'snapshot-end',
  ])
  const [end] = snapshotOf(leader)
  assert.ok(end)
  const ended = { type: 'snapshot-ended', snapshot: 1, hash: end.hash } as const

  const follower = begin()
  tell(follower, { type: 'folded', records: history })
  tell(follower, { type: 'snapshot-begun', snapshot: 1 })
  tell(follower, { type: 'folded', records: [{ type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 }] })
  follower.take()
  tell(follower, ended)
  assert.deepEqual([follower.told, follower.logs], [[], []], 'it knows the same')

  const astray = begin()
  tell(astray, { type: 'folded', records: [
    ...history, { type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 },
  ] })
  tell(astray, { type: 'snapshot-begun', snapshot: 1 })
  astray.take()
  tell(astray, ended)
  assert.deepEqual(astray.told.map(({ message: { type } }) => type), ['replay'])
  assert.deepEqual(astray.logs.map(({ level }) => level), ['error'])
  tell(astray, { type: 'restored', records: history })
  const reader = refOf<OperatorAnswer>(node, 'port.reader')
  astray.receive({ type: 'describe-cluster', replyTo: reader })
  const [answer] = astray.toldTo(reader)
  assert.deepEqual(answer?.type === 'cluster' && [answer.view.cluster, answer.view.frameworks], ['old', 0])
})

test('who begins anew because it differs does not hear what was on its way when it did', () => {
  const astray = begin()
  tell(astray, { type: 'folded', records: history })
  tell(astray, { type: 'snapshot-begun', snapshot: 1 })
  tell(astray, { type: 'snapshot-ended', snapshot: 1, hash: 'another' })
  astray.take()
  const admitted = { type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 } as const
  astray.receive({ type: 'folded', replay: 1, records: [admitted] })
  astray.receive({ type: 'elected', replay: 1, epoch: 5, nonce: 'n', clusterId: 'c' })
  assert.deepEqual([astray.told, astray.spawned.map(({ name }) => name)], [[], ['registrar']], 'it does not lead')
  const reader = refOf<OperatorAnswer>(node, 'port.reader')
  astray.receive({ type: 'describe-cluster', replyTo: reader })
  const [answer] = astray.toldTo(reader)
  assert.deepEqual(answer?.type === 'cluster' && answer.view.frameworks, 0)
})
