import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { ListenError } from '../../../infra/http/interface.js'
import { openNodeServer, tellPlace } from '../../../infra/http/node-server.js'
import { AgentStanding } from '../../../infra/node/agent-standing.js'
import { FrameworkStanding } from '../../../infra/node/framework-standing.js'
import type { AgentId } from '../../../actors/protocol/ids.js'
import { openOperated, SILENT } from '../../support/operated-cluster.js'
import { readOpenMetrics } from '../../support/open-metrics.js'

async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a node is alive before it is ready, and says what it waits for', async (t) => {
  const { agent } = await openOperated(t)
  const standing = new AgentStanding()
  const http = await openNodeServer({
    port: 0, logger: SILENT, system: () => agent.system, check: () => standing.check(),
  })
  t.after(() => http.close())
  const ask = async (path: string) => {
    const answer = await fetch(`${http.url}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
  assert.deepEqual(await ask('/livez'), { status: 200, text: 'ok\n' })
  const before = await ask('/readyz')
  assert.equal(before.status, 503)
  assert.match(before.text, /^\[-\] agent: not yet registered with a master since .*\n\[\+\] transport: connected/)
  standing.note({ type: 'registered', agentId: 'S1' as AgentId, cluster: 'c', epoch: 3 })
  assert.deepEqual(await ask('/readyz'), { status: 200, text: 'ok\n' })
  assert.match((await ask('/readyz?verbose')).text, /registered as S1 with 'c' in epoch 3 since .*\n.*\nready\n$/)
  assert.equal((await ask('/healthz')).status, 200)
  standing.note({ type: 'seeking' })
  assert.match((await ask('/healthz')).text, /^\[-\] agent: looking for the master that leads since/)
  const metrics = await fetch(`${http.url}/metrics`)
  assert.match(metrics.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/)
  assert.ok(readOpenMetrics(await metrics.text()).has('warren_mailbox_messages'))
  assert.ok('GET /metrics' in JSON.parse((await ask('/')).text).addresses)
  assert.equal((await ask('/v1/agents')).status, 404)
})

test('a port that was asked for must be free; the usual one need not be', async (t) => {
  const port = await takenPort(t)
  const said: string[] = []
  const logger = { log: (_level: string, text: string) => void said.push(text) }
  const options = { logger, system: () => undefined, check: () => ({ name: 'agent', ok: true, detail: '' }) }
  await assert.rejects(openNodeServer({ ...options, port }), (error) =>
    error instanceof ListenError && error.code === 'port-in-use' && error.message.includes('--port'))
  const server = { ...options, usualPort: port }
  const http = await openNodeServer(server)
  t.after(() => http.close())
  tellPlace(http, server)
  assert.notEqual(new URL(http.url).port, String(port))
  assert.match(said.join('\n'), new RegExp(`^port ${port} is in use, so .*${http.url}; .*--port`))
})

test('a framework is ready while it is subscribed', () => {
  const standing = new FrameworkStanding()
  assert.equal(standing.check().ok, false)
  standing.note({ type: 'subscribed', frameworkId: 'F1' })
  standing.note({ type: 'offers' })
  assert.match(standing.check().detail, /^subscribed as F1 since/)
  standing.note({ type: 'disconnected' })
  assert.deepEqual([standing.check().ok, standing.isSubscribed], [false, false])
})
