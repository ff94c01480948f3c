import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROCESS = fileURLToPath(new URL('./faulty-process.js', import.meta.url))
const LAST = /"begin\(taskId=task-1\)","fail"/

interface Last {
  readonly code: number | null
  readonly said: string
}

/** Resolves with the exit code and all it has said, once it has ended or said `enough`. */
async function saidBy(fault: string, enough?: RegExp): Promise<Last> {
  const child = spawn(process.execPath, [PROCESS, fault], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (enough?.test(said)) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return { code: child.exitCode, said }
}

for (const [fault, words] of [
  ['exception', /an exception that nobody handled .*thrown by a port/],
  ['rejection', /a rejection that nobody handled .*rejected by a port/],
  ['collapse', /the node cannot go on .*agent-faulty@\w+\/actor .*thrown by an actor/],
] as const) {
  test(`a process with ${fault === 'collapse' ? 'a top actor that failed' : `an ${fault}`} ends with its last messages`,
    async () => {
      const { code, said } = await saidBy(fault)
      assert.equal(code, 1)
      assert.match(said, words)
      assert.match(said, LAST)
      assert.doesNotMatch(said, /password/, 'what may be a secret is not told')
    })
}

test('an event loop that stood still is told, with how long', async () => {
  const { said } = await saidBy('stall', /stood still/)
  const [, forMs] = /the event loop stood still\s+forMs=(\d+)/.exec(said) ?? assert.fail(said)
  assert.ok(Number(forMs) >= 1_000, forMs)
})
