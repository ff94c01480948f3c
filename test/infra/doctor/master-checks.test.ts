import assert from 'node:assert/strict'
import { test } from 'node:test'
import { masterChecks } from '../../../infra/doctor/master-checks.js'

const said = (body: unknown) => ({
  url: 'http://m', answered: { status: 200, text: JSON.stringify(body), theirMs: undefined, ourMs: 0 },
})
const leading = { version: '1.0.0', cluster: { cluster: 'c', leader: 'm1', epoch: 3 } }
const levels = (...given: Parameters<typeof masterChecks>) => masterChecks(...given).map(({ level }) => level)

test('a master of this version and cluster is well', () => {
  assert.deepEqual(masterChecks([said(leading)], '1.0.0', 'c', true).map(({ says }) => says),
    ["m1 leads cluster 'c' in epoch 3, says http://m", 'Warren 1.0.0, here and at http://m'])
})

test('another version is a warning, another cluster a problem, nobody who leads a warning', () => {
  assert.deepEqual(levels([said(leading)], '1.1.0', undefined, true), ['well', 'warning'])
  assert.deepEqual(levels([said(leading)], '1.0.0', 'd', true), ['problem', 'well'])
  const seeking = { ...leading, cluster: { ...leading.cluster, leader: '' } }
  assert.deepEqual(levels([said(seeking)], '1.0.0', undefined, true), ['warning', 'well'])
  assert.deepEqual(levels([said({ cluster: leading.cluster })], '1.0.0', 'c', true), ['well', 'warning'])
})

test('that no master answers is a fault only when one was named', () => {
  const silent = { url: 'http://m', answered: { reason: 'ECONNREFUSED' } }
  assert.deepEqual(levels([silent], '1', undefined, true), ['problem'])
  assert.deepEqual(levels([silent], '1', undefined, false), ['unknown'])
  assert.deepEqual(levels([said('hello')], '1', undefined, false), ['problem'])
  const again = masterChecks([silent], '1', undefined, true, (url) => `warren master # ${url}`)
  assert.deepEqual(again.map(({ fix }) => fix), ['start it again: warren master # http://m'])
})
