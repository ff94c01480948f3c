import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { devCluster, Running, warren } from '../../support/command-line.js'
import { outlasting } from '../../support/outlasting.js'
import { temporaryDirectory } from '../agent/temporary.js'

const ENVIRONMENT = {
  WARREN_AGENT_REF: 'agent-a1@x/agent/executor', WARREN_FRAMEWORK_ID: 'f', WARREN_EXECUTOR_ID: 'e',
  WARREN_SOCKET: '/nowhere/warren.sock',
}

test('without an agent there is no executor, and it says who starts them', async (t) => {
  const { code, stderr } = await warren(t, ['executor', 'x.ts'])
  assert.match(stderr, /^warren: WARREN_AGENT_REF is not set: agents start executors; .*\n$/)
  assert.equal(code, 2)
})

test('a file that holds no executor is named', async (t) => {
  const file = join(temporaryDirectory(t), 'own.ts')
  for (const [text, said] of [
    ['export default 7', /is no executor: write `export default executor\(/],
    ['export default null', /is no executor/],
    ['export const a = 1', /has no default export: write `export default executor\(/],
  ] as const) {
    writeFileSync(file, text)
    const { code, stderr } = await warren(t, ['executor', file], { environment: ENVIRONMENT })
    assert.match(stderr, said)
    assert.equal(code, 2)
  }
})

test('an agent that is not there is named', async (t) => {
  const file = join(temporaryDirectory(t), 'own.mjs')
  writeFileSync(file, 'export default { initial() { return 0 }, receive: (state) => state }')
  const { code, stderr } = await warren(t, ['executor', file], { environment: ENVIRONMENT })
  assert.match(stderr, /^warren: cannot join the warren at '\/nowhere\/warren\.sock': none runs there/)
  assert.equal(code, 6)
})

test('an executor outlives the process of its cluster, and goes on with the next in its place', async (t) => {
  const directory = temporaryDirectory(t)
  const { dev, find } = await devCluster(t, join(directory, 'w'))
  const tasks = outlasting(directory, ['t', 'u'], [])
  const run = new Running(t, ['framework', 'run', ...find, tasks.framework])
  for (const task of ['t', 'u']) await run.saying(new RegExp(`${task} RUNNING`))
  dev.signal('SIGKILL')
  await dev.ended
  tasks.open('t')
  await devCluster(t, join(directory, 'w'))
  await run.saying(/t FINISHED/)
  tasks.open('u')
  await run.saying(/u FINISHED/)
  assert.equal((await run.ended).code, 0)
  assert.deepEqual(tasks.begun().map((line) => line.split(' ')[0]), ['t', 'u'])
})
