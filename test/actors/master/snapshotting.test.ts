import assert from 'node:assert/strict'
import test from 'node:test'
import { master } from '../../../actors/master/master.js'
import type { Message } from '../../../actors/master/messages.js'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import type { OperatorAnswer } from '../../../actors/protocol/operator.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import type { RegistrarCall } from '../../../actors/protocol/registrar.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'
import { FRAMEWORK, schedulerRef } from './desk.js'

const node = nodeAddress('master', 'driven', '1')
const registrar = refOf<RegistrarCall>(node, 'driven/registrar')
const idle = { initial: () => null, receive: (state: null) => state }
const frameworkId = 'w-0000' as FrameworkId
const subscribe = { type: 'subscribe', scheduler: schedulerRef('one'), info: FRAMEWORK } as const
const history: LogRecord[] = [
  { type: 'genesis', cluster: 'old', prefix: 'w', clusterId: 'c' },
  { type: 'leadership-claimed', epoch: 5, master: 'm1', nonce: 'n' },
]

type Driver = Driven<unknown, Message>
const begin = (): Driver => drive(master({ registrar: idle, allocator: () => idle })) as Driver

function leading(): Driver {
  const driven = begin()
  driven.receive({ type: 'folded', records: history })
  driven.receive({ type: 'elected', epoch: 5, nonce: 'n', clusterId: 'c' })
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
  leader.receive({ type: 'snapshot-wanted', snapshot: 1 })
  leader.receive(subscribe)
  makeAll(leader)
  assert.deepEqual(leader.toldTo(registrar).map(({ type }) => type), [
    'snapshot-begin', 'append', 'snapshot-part', 'snapshot-end',
  ])
  const [end] = snapshotOf(leader)
  assert.ok(end)
  const ended = { type: 'snapshot-ended', snapshot: 1, hash: end.hash } as const

  const follower = begin()
  follower.receive({ type: 'folded', records: history })
  follower.receive({ type: 'snapshot-begun', snapshot: 1 })
  follower.receive({ type: 'folded', records: [{ type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 }] })
  follower.take()
  follower.receive(ended)
  assert.deepEqual([follower.told, follower.logs], [[], []], 'it knows the same')

  const astray = begin()
  astray.receive({ type: 'folded', records: [
    ...history, { type: 'framework-admitted', frameworkId, info: FRAMEWORK, atMs: 1 },
  ] })
  astray.receive({ type: 'snapshot-begun', snapshot: 1 })
  astray.take()
  astray.receive(ended)
  assert.deepEqual(astray.told.map(({ message: { type } }) => type), ['replay'])
  assert.deepEqual(astray.logs.map(({ level }) => level), ['error'])
  astray.receive({ type: 'restored', records: history })
  const reader = refOf<OperatorAnswer>(node, 'port.reader')
  astray.receive({ type: 'describe-cluster', replyTo: reader })
  const [answer] = astray.toldTo(reader)
  assert.deepEqual(answer?.type === 'cluster' && [answer.view.cluster, answer.view.frameworks], ['old', 0])
})
