import assert from 'node:assert/strict'
import test from 'node:test'
import type { FrameworkId, TaskId } from '../../../actors/protocol/ids.js'
import type { StatusUpdate } from '../../../actors/protocol/task.js'
import { codeOf, endingOf } from '../../../infra/cli/run-ending.js'

const update = (told: Partial<StatusUpdate>): StatusUpdate => ({
  frameworkId: 'f' as FrameworkId, taskId: '1' as TaskId, state: 'FINISHED', source: 'agent', atMs: 0,
  ...told,
})

/** Each: how the task ended, and what that means. */
const ENDINGS: readonly (readonly [Partial<StatusUpdate>, exitCode: number, line: RegExp | undefined])[] = [
  [{ state: 'FINISHED', exitCode: 0 }, 0, undefined],
  [{ state: 'FAILED', exitCode: 3 }, 3, undefined],
  [{ state: 'FAILED', signal: 'SIGKILL' }, 137, /ended by SIGKILL/],
  [{ state: 'FAILED', signal: 'SIGTERM', reason: 'timed-out', text: 'too long' }, 5, /timed out: too long/],
  [{ state: 'FAILED', text: 'its executor ended' }, 1, /^its executor ended$/],
  [{ state: 'FAILED', reason: 'launch-failed', text: 'no such command' }, 127, /^no such command$/],
  [{ state: 'KILLED', signal: 'SIGTERM' }, 143, /killed from outside/],
  [{ state: 'KILLED', signal: 'SIGTERM', reason: 'drained', text: 'its agent has gone' }, 143,
    /^the task was killed: its agent has gone$/],
  [{ state: 'ERROR', text: 'needs more' }, 1, /^needs more$/],
  [{ state: 'DROPPED' }, 1, /could not be started: no agent took it/],
  [{ state: 'UNREACHABLE', text: 'silent' }, 1, /lost with its agent .*UNREACHABLE.*: silent/],
  [{ state: 'GONE' }, 1, /lost with its agent/],
]

for (const [told, exitCode, line] of ENDINGS) {
  test(`${JSON.stringify(told)} makes ${exitCode}`, () => {
    const ending = endingOf(update(told))
    assert.equal(ending.exitCode, exitCode)
    if (line) assert.match(ending.line ?? '', line)
    else assert.equal(ending.line, undefined)
  })
}

test('what we have killed ends as a shell would show our own signal', () => {
  assert.deepEqual(endingOf(update({ state: 'KILLED', signal: 'SIGKILL' }), 'SIGINT'), { exitCode: 130 })
  assert.deepEqual(endingOf(update({ state: 'FINISHED', exitCode: 0 }), 'SIGINT'), { exitCode: 0 })
  assert.deepEqual([codeOf('SIGTERM'), codeOf('SIGPIPE'), codeOf('nonsense')], [143, 141, 1])
})
