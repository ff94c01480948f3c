import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitingLine } from '../../../infra/cli/waiting-line.js'

test('who waits for a master hears for how long; who waits for room waits as long as it takes', () => {
  assert.equal(waitingLine('a master', {}), 'waiting for a master, for at most 60 s')
  assert.equal(waitingLine('an agent', {}), 'waiting for an agent')
  assert.equal(waitingLine('room on an agent', {}), 'waiting for room on an agent')
  const asked = waitingLine('room on an agent', {}, 'w-0003')
  assert.equal(asked, 'waiting for room on an agent; `warren explain framework w-0003` says why')
  const elsewhere = waitingLine('room on an agent', { workDir: '/my', json: true }, 'w-0003')
  assert.match(elsewhere, / `warren explain framework w-0003 --work-dir \/my` says why$/)
})
