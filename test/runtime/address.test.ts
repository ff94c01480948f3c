import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  groupAddress, isGroup, kindOf, NODE_KINDS, nodeAddress, nodeOf, pathOf, refBelow, refOf, type NodeAddress,
  type Ref,
} from '../../runtime/address.js'

test('an address names a node, one life of it, and a path inside', () => {
  const node = nodeAddress('agent', 'rack-1.a', 'k3x9')
  const ref = refOf<never>(node, 'agent/updates')
  assert.equal(ref, 'agent-rack-1.a@k3x9/agent/updates')
  assert.deepEqual([nodeOf(ref), pathOf(ref)], [node, 'agent/updates'])
  assert.equal(nodeOf('agent-1@k' as Ref<never>), 'agent-1@k')
})

test('every kind has a group, and no node is one', () => {
  for (const kind of NODE_KINDS) {
    const [node, group] = [nodeAddress(kind, 'x', 'l'), groupAddress(kind)]
    assert.deepEqual([kindOf(node), kindOf(group)], [kind, kind])
    assert.deepEqual([isGroup(node), isGroup(group)], [false, true])
  }
  for (const strange of ['', 'agent', 'agents', 'spy-1@x', 'agents@x']) {
    assert.equal(kindOf(strange as NodeAddress), undefined)
  }
})

test('a name that could not be routed is no node name', () => {
  for (const name of ['a b', 'a/b', 'a@b', 'a#', 'x'.repeat(130)]) {
    assert.throws(() => nodeAddress('agent', name, 'l'), /is no node name: use letters/)
  }
})

test('a name below another is one step of a path', () => {
  const node = nodeAddress('master', 'm', 'l')
  assert.equal(refBelow(refBelow<never>(node, 'master'), 'offers'), 'master-m@l/master/offers')
  for (const name of ['', 'a/b', 'a b', 'a,b', 'ü', 'x'.repeat(256)]) {
    assert.throws(() => refBelow(node, name), /is no actor name/)
  }
})
