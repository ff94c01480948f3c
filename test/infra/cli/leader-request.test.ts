import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { askLeader } from '../../../infra/cli/leader-request.js'

const NOBODY = 'http://127.0.0.1:1'
const QUESTION = { method: 'GET', path: '/v1/agents', headers: {} }

async function answering(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const leader = (t: TestContext) => answering(t, ({ url }, response) => response.end(`leader ${url}`))
const ask = async (masters: readonly string[], signal = AbortSignal.timeout(10_000)) => {
  const answer = await askLeader(masters.map((each) => new URL(each)), { ...QUESTION, signal })
  return (await answer.toArray()).join('')
}

test('a master that cannot be reached is passed over for the next', async (t) => {
  assert.equal(await ask([NOBODY, await leader(t)]), 'leader /v1/agents')
})

test('a standby sends to the leader that it names', async (t) => {
  const there = await leader(t)
  const standby = await answering(t, ({ url }, response) => {
    response.writeHead(307, { location: new URL(url ?? '', there).href }).end()
  })
  assert.equal(await ask([standby]), 'leader /v1/agents')
})

test('a question waits for the next leader while a standby still names the last', async (t) => {
  let asked = 0
  const next = await answering(t, (_request, response) => {
    // At first it follows one that is gone; then it leads itself.
    if (asked++ < 2) response.writeHead(307, { location: `${NOBODY}/v1/agents` }).end()
    else response.end('new leader')
  })
  assert.equal(await ask([NOBODY, next]), 'new leader')
  assert.equal(asked, 3)
})

test('who can reach nobody at all hears so at once', async () => {
  const began = performance.now()
  await assert.rejects(ask([NOBODY, NOBODY]), { code: 'ECONNREFUSED' })
  assert.ok(performance.now() - began < 2_000)
})

test('a request that may have been heard is asked of nobody else', async (t) => {
  let others = 0
  const broken = await answering(t, (_request, response) => response.destroy())
  const other = await answering(t, (_request, response) => {
    others++
    response.end()
  })
  await assert.rejects(ask([broken, other]), { code: 'ECONNRESET' })
  assert.equal(others, 0)
})
