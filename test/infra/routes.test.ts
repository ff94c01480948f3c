import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, NODE_KINDS, nodeAddress, type NodeAddress } from '../../runtime/address.js'
import { directionOf } from '../../infra/routes.js'

const WAYS = {
  master: { master: 'up', agent: 'down', framework: 'down', executor: undefined },
  agent: { master: 'up', agent: undefined, framework: undefined, executor: 'executors' },
  framework: { master: 'up', agent: undefined, framework: undefined, executor: undefined },
  executor: { master: undefined, agent: 'executors', framework: undefined, executor: undefined },
}

test('each kind may write only where its direction leads', () => {
  for (const from of NODE_KINDS) {
    for (const to of NODE_KINDS) {
      const sender = nodeAddress(from, 'a', '1')
      assert.equal(directionOf(sender, nodeAddress(to, 'b', '1')), WAYS[from][to], `${from} to ${to}`)
      const toAll = WAYS[from][to] === 'executors' ? undefined : WAYS[from][to]
      assert.equal(directionOf(sender, groupAddress(to)), toAll, `${from} to all ${to}s`)
    }
  }
  assert.equal(directionOf(nodeAddress('agent', 'a', '1'), 'stranger@1' as NodeAddress), undefined)
})
