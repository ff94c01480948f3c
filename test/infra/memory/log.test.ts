import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryLog } from '../../../infra/memory/log.js'
import { nodeAddress, refOf, type Ref } from '../../../runtime/address.js'
import type { LogEvent } from '../../../runtime/log.js'

const replyTo: Ref<LogEvent<string>> = refOf(nodeAddress('master', 'm', '1'), 'master')

test('what was appended is committed in order, and replayed from the beginning', () => {
  const told: LogEvent<string>[] = []
  const log = memoryLog<string>((to, event) => {
    assert.equal(to, replyTo)
    told.push(event)
  })
  log({ type: 'replay', replyTo })
  log({ type: 'append', records: ['a', 'b'], token: 7, replyTo })
  log({ type: 'append', records: [], token: 8, replyTo })
  log({ type: 'append', records: ['c'], token: 9, replyTo })
  log({ type: 'replay', replyTo })
  assert.deepEqual(told, [
    { type: 'replayed', records: [] },
    { type: 'committed', token: 7 }, { type: 'committed', token: 8 }, { type: 'committed', token: 9 },
    { type: 'replayed', records: ['a', 'b', 'c'] },
  ])
})

test('what was replayed does not change when the log goes on', () => {
  const told: LogEvent<string>[] = []
  const log = memoryLog<string>((_to, event) => void told.push(event))
  log({ type: 'replay', replyTo })
  log({ type: 'append', records: ['a'], token: 1, replyTo })
  assert.deepEqual(told[0], { type: 'replayed', records: [] })
})
