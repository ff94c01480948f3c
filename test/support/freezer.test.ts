import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { Freezer } from './freezer.js'

async function joined(t: TestContext) {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { freezer, url } = await Freezer.before(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`)
  t.after(() => {
    freezer.stop()
    server.close()
  })
  const join = async (): Promise<{ readonly client: Socket; readonly end: Socket }> => {
    const client = connect(Number(new URL(url).port), '127.0.0.1')
    const accepted = once(server, 'connection')
    client.on('data', () => undefined)
    t.after(() => client.destroy())
    return { client, end: (await accepted)[0] as Socket }
  }
  return { freezer, join }
}

for (const [hangsUp, hangUp] of [
  ['has hung up', (socket: Socket) => socket.end()],
  // So does RabbitMQ.
  ['has reset the connection', (socket: Socket) => socket.resetAndDestroy()],
] as const) {
  test(`what is frozen is not told either that the other side ${hangsUp}, until it thaws`, async (t) => {
    const { freezer, join } = await joined(t)
    const stranded = await join()
    freezer.strand()
    const carried = await join()
    let told = false
    stranded.client.on('close', () => (told = true))
    hangUp(stranded.end)
    const ended = once(carried.client, 'close')
    hangUp(carried.end)
    await ended
    assert.equal(told, false)
    const thawed = once(stranded.client, 'close')
    freezer.thaw()
    await thawed
  })
}

test('what was sent to who is frozen comes when it thaws', async (t) => {
  const { freezer, join } = await joined(t)
  const { client, end } = await join()
  freezer.freeze()
  const came = once(client, 'data')
  end.write('meanwhile')
  freezer.thaw()
  assert.equal(String((await came)[0]), 'meanwhile')
})
