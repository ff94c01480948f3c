import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, realpathSync } from 'node:fs'
import { test } from 'node:test'
import { commandLine, processesByVariable, processUses, startTicks } from '../../infra/process-table.js'
import { temporaryDirectory } from './agent/temporary.js'

test('a process is described while it runs, whatever its name, and not afterwards', async (t) => {
  const program = `${temporaryDirectory(t)}/a) R 1 (b`
  copyFileSync(realpathSync('/bin/sleep'), program)
  const child = spawn(program, ['600'], { env: { WARREN_TEST_MARK: 'ü =x' } })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  assert.match(startTicks(pid) ?? '', /^\d+$/)
  assert.ok(Number(startTicks(pid)) >= Number(startTicks(process.pid)))
  assert.deepEqual(commandLine(pid), [program, '600'])
  assert.deepEqual(processesByVariable('WARREN_TEST_MARK').get('ü =x'), [pid])
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(startTicks(pid), undefined)
  assert.deepEqual(commandLine(pid), [])
  assert.equal(processesByVariable('WARREN_TEST_MARK').size, 0)
})

test('every process is told with what it has used, unless there are too many', async () => {
  const uses = await processUses(1_000_000)
  const own = uses?.find(({ pid }) => pid === process.pid)
  assert.ok(own && own.parent === process.ppid && own.ticks > 0)
  const { rss } = process.memoryUsage()
  assert.ok(own.memBytes > rss / 2 && own.memBytes < rss * 2, `${own.memBytes} of ${rss}`)
  assert.equal(await processUses(1), undefined)
})
