import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  above, fileAddress, listingAddress, nameOf, placeOf, steps, within,
} from '../../../../infra/console/files/path.js'

test('a path is made of its steps, and each of them leads somewhere', () => {
  assert.equal(within('', 'a'), 'a')
  assert.equal(within('a/b', 'c'), 'a/b/c')
  assert.deepEqual([nameOf('a/b/c'), above('a/b/c'), nameOf('a'), above('a')], ['c', 'a/b', 'a', ''])
  assert.deepEqual(steps('a/b'), [{ name: 'a', path: 'a' }, { name: 'b', path: 'a/b' }])
  assert.deepEqual(steps(''), [])
})

test('another directory is another address of the same page; what was said of the last one is dropped', () => {
  const here = '/console/tasks/L1?q=x&dir=a&file=a%2Fb&at=3&filesq=y'
  assert.equal(placeOf(here, { dir: 'a/c d' }), '/console/tasks/L1?q=x&dir=a%2Fc+d')
  assert.equal(placeOf(here, { dir: '', file: 'stdout' }), '/console/tasks/L1?q=x&file=stdout')
  assert.equal(placeOf('/console/tasks/L1?dir=a', { dir: '' }), '/console/tasks/L1')
})

test('names are told to the master whatever they are made of', () => {
  const keeper = { noun: 'task', id: 'f/t' } as const
  assert.equal(listingAddress(keeper, 'a b', 'c&d'), '/v1/tasks/f%2Ft/files?path=a+b&after=c%26d')
  assert.equal(listingAddress({ noun: 'agent', id: 'S0' }, ''), '/v1/agents/S0/files?path=')
  assert.equal(fileAddress(keeper, 'é', { tail: '9' }), '/v1/tasks/f%2Ft/file?path=%C3%A9&tail=9')
})
