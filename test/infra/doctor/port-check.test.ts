import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { test, type TestContext } from 'node:test'
import { portCheck } from '../../../infra/doctor/port-check.js'

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('a port is free, or a node has it', async (t) => {
  const server = createHttpServer((request, response) => response.end(request.url === '/livez' ? 'ok\n' : ''))
  const port = await listening(t, server)
  assert.deepEqual(await portCheck('a master', port),
    { check: `port ${port}`, level: 'well', says: 'in use, by a node that is well' })
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
  assert.deepEqual(await portCheck('a master', port),
    { check: `port ${port}`, level: 'well', says: 'free for a master' })
})

test('a port that another program has is a warning', async (t) => {
  const port = await listening(t, createServer((socket) => socket.end('hello\n')))
  const { level, says, fix } = await portCheck('an agent', port)
  assert.deepEqual([level, says], ['warning', 'in use by another program, where an agent would answer'])
  assert.match(fix ?? '', /--port/)
})
