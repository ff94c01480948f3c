import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resourceMeantBy } from '../../../infra/cli/meant-resource.js'

const meant = (...names: readonly string[]) => names.map(resourceMeantBy)

test('a slip of the finger is told from what was meant', () => {
  assert.deepEqual(meant('cpu', 'cpsu', 'CPUS', 'mems', 'dsk', 'disks', 'prots', 'gpu'),
    ['cpus', 'cpus', 'cpus', 'mem', 'disk', 'disk', 'ports', 'gpus'])
})

test('so is what people call it elsewhere', () => {
  assert.deepEqual(meant('memory', 'RAM', 'cores', 'port'), ['mem', 'mem', 'cpus', 'ports'])
})

test('what is known, and what is a name of its own, is left as it is', () => {
  const own = ['cpus', 'mem', 'disk', 'ports', 'gpus', 'tpus', 'licences', 'slots', 'zones', 'hosts', 'parts', 'pods']
  assert.deepEqual(meant(...own), own.map(() => undefined))
})
