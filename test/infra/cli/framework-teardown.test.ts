import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import { framework } from '../../../actors/scheduler/framework.js'
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
