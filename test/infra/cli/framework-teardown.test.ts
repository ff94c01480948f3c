import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batch } from '../../../actors/frameworks/batch.js'
import type { BatchEvent, BatchOrder, State } from '../../../actors/frameworks/batch-state.js'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { framework } from '../../../actors/scheduler/framework.js'
import { task } from '../../../actors/scheduler/task.js'
import { openFrameworkNode } from '../../../infra/node/framework-node.js'
import { warren } from '../../support/command-line.js'
import { openOperated, SILENT } from '../../support/operated-cluster.js'

test('a framework is torn down, once, and its scheduler is told', async (t) => {
  const { http, hub } = await openOperated(t)
  let subscribed: (id: FrameworkId) => void
  const known = new Promise<FrameworkId>((resolve) => { subscribed = resolve })
  const node = await openFrameworkNode<null>({
    name: 'f1', openLink: hub.open, logger: SILENT, subscribed: (id) => subscribed(id),
    framework: () => framework<null>({ name: 'f1', initial: () => null, receive: (state) => state }),
  })
  const told = assert.rejects(node.finished, /an operator has torn this framework down/)
  const id = await known
  const teardown = (...args: string[]) => warren(t, ['framework', 'teardown', ...args, '--master', http.url])
  const hint = `see what became of them: warren task list --all --framework ${id} --master ${http.url}\n`
  const { code, stdout } = await teardown(id)
  assert.deepEqual([code, stdout], [0, `framework ${id} has ended, and its tasks end\n${hint}`])
  await told
  await node.close()
  assert.equal((await teardown(id)).stdout, `framework ${id} had ended before\n${hint}`)
  const again = JSON.parse((await teardown(id, '--json')).stdout)
  assert.deepEqual([again.changed, again.id], [false, id])
  const unknown = await teardown('nobody')
  assert.deepEqual([unknown.code, unknown.stdout], [4, ''])
  assert.match(unknown.stderr, /^warren: there is no framework 'nobody'; see `warren framework list --master \S+`\n$/)
})

test('a batch that waits for the room of a framework that is torn down has every input done', async (t) => {
  const { http, hub, gate } = await openOperated(t)
  const { path, say } = gate()
  const stubborn = task({
    id: 'stubborn', resources: { cpus: 4, mem: 64 }, command: `trap '' TERM; cat ${path}; exec sleep 60`,
    killGraceMs: 1_000,
  })
  const filler = await openFrameworkNode<null>({
    name: 'filler', openLink: hub.open, logger: SILENT,
    framework: () => framework<null>({
      name: 'filler',
      initial: () => null,
      receive(state, event, ctx) {
        if (event.type === 'offers') ctx.accept(event.offers, [stubborn])
        return state
      },
    }),
  })
  const told = assert.rejects(filler.finished, /an operator has torn this framework down/)
  await say('ignores SIGTERM by now')
  t.after(() => filler.close())
  const results: string[] = []
  let launched = 0
  let waits: () => void
  const waiting = new Promise<void>((resolve) => { waits = resolve })
  const waiter = await openFrameworkNode<State, BatchOrder>({
    name: 'waiter', openLink: hub.open, logger: SILENT,
    framework: (system) => batch({
      name: 'waiter', template: ['true'], resources: of({ cpus: 1, mem: 32 }), environment: {}, retries: 0,
      readsOutput: false,
      user: system.port<BatchEvent>('user', (event) => {
        if (event.type === 'waiting' && event.waiting === 'room on an agent') waits()
        if (event.type === 'finished') launched = event.totals.launched
        if (event.type === 'ended') results.push(`${event.result.state} ${event.result.attempts}`)
      }),
    }),
  })
  t.after(async () => {
    waiter.end()
    await waiter.finished
    await waiter.close()
  })
  waiter.tell({ type: 'inputs', inputs: ['1', '2', '3', '4', '5', '6'], isLast: true })
  await waiting
  const { code } = await warren(t, ['framework', 'teardown', 'filler', '--master', http.url])
  assert.equal(code, 0)
  await told
  assert.equal(await waiter.finished, 0)
  assert.deepEqual(results, new Array(6).fill('FINISHED 1'))
  assert.ok(launched < 60, `${launched} launches: an agent without room is tried again once a second`)
})
