import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { devCluster, Running, warren } from '../../support/command-line.js'
import { pipeTo, temporaryDirectory } from '../agent/temporary.js'

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

test('an executor whose agent was killed ends by itself', async (t) => {
  const directory = temporaryDirectory(t)
  const pipe = pipeTo(directory, 'pipe')
  const { dev, find } = await devCluster(t, join(directory, 'w'))
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  write('held.mjs', `
    import { openSync } from 'node:fs'
    openSync('${pipe.path}', 'w')
    export default { initial: () => 0, receive(state, event, ctx) {
      if (event.type === 'launch') ctx.update(event.task.taskId, 'RUNNING')
      return state
    } }
  `)
  write('holder.mjs', `
    import { executorOf, framework, task } from 'warren'
    const needs = { cpus: 0.1, mem: 16 }
    const executor = executorOf({ id: 'e', file: new URL('held.mjs', import.meta.url).href, resources: needs })
    export default framework({ name: 'holder', initial: () => false, receive(launched, event, ctx) {
      if (event.type === 'update') ctx.log('info', event.update.state)
      if (event.type !== 'offers' || launched) return launched
      ctx.accept(event.offers[0], [task({ id: 't', resources: needs, executor })])
      return true
    } })
  `)
  const holder = new Running(t, ['framework', 'run', ...find, join(directory, 'holder.mjs')])
  await holder.saying(/RUNNING/)
  dev.signal('SIGKILL')
  await pipe.closed
})
