import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { isAlone } from '../../../infra/agent/leftovers.js'
import { groupOf, lastPid } from '../../../infra/process-table.js'

test('whoever was started since and is still in the group or the session is found', async () => {
  const before = lastPid()
  const leader = spawn('/bin/sh', ['-c', 'sleep 600 & echo; wait'], { detached: true })
  const ended = once(leader, 'exit')
  const pid = leader.pid ?? 0
  await once(leader.stdout, 'data')
  assert.deepEqual(groupOf(pid), { group: pid, session: pid })
  assert.equal(isAlone(pid, before), false)
  process.kill(-pid, 'SIGKILL')
  await ended
})

test('a leader who has started nobody, or nobody that still lives, is alone', async () => {
  const leader = spawn('/bin/sh', ['-c', '/bin/true; echo; read word'], { detached: true })
  const before = leader.pid
  await once(leader.stdout, 'data')
  assert.equal(isAlone(leader.pid ?? 0, before, 1_000_000), true)
  leader.stdin.end('\n')
  await once(leader, 'exit')
})

test('without certainty nobody is alone', () => {
  const last = lastPid() ?? 0
  assert.equal(isAlone(process.pid, undefined), false)
  assert.equal(isAlone(process.pid, last + 1_000_000), false, 'pids have begun anew')
  assert.equal(isAlone(process.pid, last - 1_000), false, 'too many have been given out')
})

test('the last pid is the one that was given out last, and what is gone has no group', () => {
  const before = lastPid() ?? 0
  const { pid } = spawnSync('/bin/true')
  const after = lastPid() ?? 0
  assert.ok(before < pid && pid <= after, `${before} < ${pid} <= ${after}`)
  assert.equal(groupOf(pid), undefined)
})
