import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActorVitals } from '../../../../actors/protocol/vitals.js'
import { treeOf } from '../../../../infra/console/pages/supervision-tree.js'

test('actors hang below those that supervise them, also when those are not told of', () => {
  const paths = ['master', 'master/registrar', 'agent/w-1/child', 'vitals']
  const tree = treeOf(paths.map((path) => ({ path }) as ActorVitals))
  const shape = (branches: ReturnType<typeof treeOf>): unknown =>
    branches.map(({ name, vitals, children }) => [name, vitals !== undefined, shape(children)])
  assert.deepEqual(shape(tree), [
    ['master', true, [['registrar', true, []]]],
    ['agent', false, [['w-1', false, [['child', true, []]]]]], ['vitals', true, []],
  ])
})
