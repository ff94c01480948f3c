import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LinkListener, OpenLink } from '../../../infra/link.js'
import { memoryHub } from '../../../infra/memory/link.js'
import { CONNECTING_SLOW_MS, openNode } from '../../../infra/node/node.js'

test('the log says how the connection changes, and the reason where one is given', async (t) => {
  const told: { listener?: LinkListener } = {}
  const openLink: OpenLink = (self, listener) => {
    told.listener = listener
    return memoryHub().open(self, listener)
  }
  const logged: unknown[] = []
  const logger = { log: (level: string, text: string, fields: object) => void logged.push([level, text, fields]) }
  const system = await openNode({ kind: 'agent', name: 'a', openLink, logger })
  t.after(() => system.stop())
  await new Promise(setImmediate)
  told.listener?.connection('blocked', 'low on disk')
  told.listener?.connection('connected')
  assert.deepEqual(logged, [
    ['warn', 'the broker takes no more messages until it has room', { reason: 'low on disk' }],
    ['info', 'connected again', {}],
  ])
})

test('a first connection that takes long is told of as long as it takes', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let connect: () => void = () => undefined
  const openLink: OpenLink = async (self, listener) => {
    await new Promise<void>((resolve) => { connect = resolve })
    return memoryHub().open(self, listener)
  }
  const logged: string[] = []
  const opening = openNode({
    kind: 'agent', name: 'a', openLink, logger: { log: (_level: string, text: string) => void logged.push(text) },
  })
  await new Promise(setImmediate)
  t.mock.timers.tick(2 * CONNECTING_SLOW_MS)
  connect()
  const system = await opening
  t.after(() => system.stop())
  t.mock.timers.tick(CONNECTING_SLOW_MS)
  assert.deepEqual(logged, ['still connecting to the other nodes', 'still connecting to the other nodes'])
})
