import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { devCluster, Running, warren } from '../../support/command-line.js'
import { temporaryDirectory } from '../agent/temporary.js'

test('in a cluster of `warren dev` messages are followed, shown as a trace, and recorded', async (t) => {
  const directory = temporaryDirectory(t)
  const { find } = await devCluster(t, join(directory, 'w'), '--agents', '1')
  const tail = new Running(t, ['trace', 'tail', ...find, '--type', 'accept', 'run-task'])
  const raw = new Running(t, ['trace', 'tail', ...find, '--type', 'accept', '--json', '--backlog', '1'])
  const file = join(directory, 'all.trace')
  const record = new Running(t, ['trace', 'record', ...find, '-o', file])
  const follow = async () => {
    const run = await warren(t, ['run', ...find, '--env', 'TOKEN=hush', '--', 'echo', 'hello'])
    assert.equal(run.code, 0, run.stderr)
  }
  await follow()
  // The first may have been before they listened.
  await follow()
  const [, trace = ''] = await tail.saying(/run-\d+\/scheduler → master-m1\/master {2}accept {2}.* {2}(\w{16})\n/)
  await tail.saying(/master-m1\/master → agent-a1\/agent {2}run-task {2}\d+B q=/)
  const hop = JSON.parse((await raw.saying(/^\{.*"kind":"processed".*\}$/m))[0]) as Readonly<Record<string, unknown>>
  assert.deepEqual([hop['type'], hop['outcome'], typeof hop['atMs'], typeof hop['at']],
    ['accept', 'ok', 'number', 'string'])
  tail.signal('SIGINT')
  assert.equal((await tail.ended).code, 130)

  const tree = await warren(t, ['trace', 'show', ...find, trace])
  assert.match(tree.stdout, /^trace \w{32}: \d+ messages, \d+ actors, /)
  assert.match(tree.stdout, /● /)
  const json = JSON.parse((await warren(t, ['trace', 'show', ...find, trace, '--json'])).stdout)
  assert.deepEqual([json.schemaVersion, json.trace.slice(-16)], [1, trace])
  assert.match((await warren(t, ['trace', 'show', ...find, trace, '--format', 'mermaid'])).stdout, /^sequenceDiagram\n/)
  const unknown = await warren(t, ['trace', 'show', ...find, 'f'.repeat(32)])
  assert.deepEqual([unknown.code, unknown.stdout], [4, ''])
  assert.match(unknown.stderr, /nothing is known of trace/)

  record.signal('SIGINT')
  const recorded = await record.ended
  assert.match(recorded.stdout, /^\d+ hops in .*all\.trace\n/)
  assert.equal(recorded.code, 0)
  const sequence = await warren(t, ['trace', 'show', '--file', file, '--format', 'sequence'])
  assert.match(sequence.stdout, /agent-a1\/agent {2}run-task/)
  assert.doesNotMatch((await warren(t, ['trace', 'show', '--file', file, '--json'])).stdout, /hush/)
  assert.ok(existsSync(file))
  const whole = await warren(t, ['trace', 'show', '--file', file])
  assert.match(whole.stdout, new RegExp(`^[●○] .* ${trace}$`, 'm'))
  const one = await warren(t, ['trace', 'show', '--file', file, trace])
  assert.match(one.stdout, new RegExp(`^trace \\w{16}${trace}: `))
  const vague = await warren(t, ['trace', 'show', '--file', file, json.trace.slice(0, 16)])
  assert.equal(vague.code, 2)
  assert.match(vague.stderr, /could be \d+ traces: (\w{16}, )+.* write the last 16 digits of one/)
  const waiting = new Running(t, ['trace', 'tail', ...find, '--framework', 'nosuch'])
  await waiting.saying(/no framework 'nosuch' is connected now, there are none; waiting/)
  const again = await warren(t, ['trace', 'record', ...find, '-o', file])
  assert.match(again.stderr, /it is there already/)
  assert.equal(again.code, 2)
})
