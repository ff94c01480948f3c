import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMasterNode } from '../../../infra/node/master-node.js'
import { openOperated, SILENT } from '../../support/operated-cluster.js'

const ask = async (url: string, method = 'GET') => {
  const answer = await fetch(url, { method })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

test('masters count among the nodes that there are and that were asked', async (t) => {
  const { http, hub, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t1', 'true')
  await tenant.ended('t1')
  for (const name of ['m2', 'm3']) {
    const standby = await openMasterNode({ cluster: 'test', name, openLink: hub.open, logger: SILENT })
    t.after(() => standby.close())
  }
  const letters = async (query: string) => {
    const { body: { nodesAsked, nodesTotal, silent } } = await ask(`${http.url}/v1/dead-letters${query}`)
    return [nodesAsked, nodesTotal, silent]
  }
  assert.deepEqual(await letters(''), [5, 5, []])
  assert.deepEqual(await letters('?limit=1'), [4, 5, []])
  const actors = async (query: string) => {
    const { body: { nodes, total } } = await ask(`${http.url}/v1/actors${query}`)
    return [nodes.length, total]
  }
  assert.deepEqual(await actors(''), [5, 5])
  assert.deepEqual(await actors('?kind=master'), [3, 3])
  assert.deepEqual(await actors('?kind=agent'), [1, 1])
})

test('what is no number of a dead letter is refused, and a number that no letter has is not found', async (t) => {
  const { http } = await openOperated(t)
  const replay = async (number: string) => {
    const { status, body: { error } } = await ask(`${http.url}/v1/dead-letters/master-m1/${number}/replay`, 'POST')
    return [status, error.message]
  }
  assert.deepEqual(await replay('x'), [400, "'x' is no number of a dead letter"])
  assert.deepEqual(await replay('-1'), [400, "'-1' is no number of a dead letter"])
  const [status, message] = await replay('999')
  assert.equal(status, 404)
  assert.match(message, /999/)
})

test('a kind of node that there is none of, and what is no parameter, are refused with what there is', async (t) => {
  const { http } = await openOperated(t)
  const said = async (path: string, method = 'GET') => {
    const { status, body: { error } } = await ask(`${http.url}/v1/${path}`, method)
    return [status, error.message]
  }
  for (const kind of ['foo', '', 'masters']) {
    assert.deepEqual(await said(`actors?kind=${kind}`),
      [400, `'${kind}' is no kind of node: use master, agent, framework`])
  }
  assert.deepEqual(await said('actors?grace=1'),
    [400, "'grace' is no parameter of this address: use kind, node, after, limit"])
  assert.deepEqual(await said('dead-letters/master-m1/1/replay?again=1', 'POST'),
    [400, "'again' is no parameter of this address: there are none here"])
})
