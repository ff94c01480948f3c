import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openMasterNode, type MasterNode } from '../../../infra/node/master-node.js'
import { openOperated, SILENT, type Operated } from '../../support/operated-cluster.js'

const ask = async (url: string) => {
  const answer = await fetch(url)
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

/** Joins a master that does not lead. */
async function standby(t: TestContext, { hub }: Operated, name: string): Promise<MasterNode> {
  const node = await openMasterNode({ cluster: 'test', name, openLink: hub.open, logger: SILENT })
  t.after(() => node.close())
  return node
}

test('a master that does not lead is found by its name, too', async (t) => {
  const operated = await openOperated(t)
  const { system } = await standby(t, operated, 'm3')
  const { status, body } = await ask(`${operated.http.url}/v1/actors/master-m3/vitals`)
  assert.deepEqual([status, body.node], [200, system.node])
  const { status: refused, body: { error } } = await ask(`${operated.http.url}/v1/actors/master-m4/vitals`)
  assert.deepEqual([refused, error.message], [404, "there is no node 'master-m4'"])
})

test('a name that several masters have means none of them: their addresses are told', async (t) => {
  const operated = await openOperated(t)
  const { url } = operated.http
  const twin = await standby(t, operated, 'm1')
  const { status, body: { error } } = await ask(`${url}/v1/actors/master-m1/vitals`)
  const both = [operated.master.system.node, twin.system.node].sort()
  assert.deepEqual([status, error.code, error.candidates], [409, 'ambiguous', both])
  assert.equal(error.message, `'master-m1' could be 2 nodes: ${both.join(', ')}`)
  for (const node of both) assert.equal((await ask(`${url}/v1/actors/${node}/vitals`)).body.node, node)
})
