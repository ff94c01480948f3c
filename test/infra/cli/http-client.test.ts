import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { EXIT, Failure } from '../../../infra/cli/failure.js'
import { HttpClient } from '../../../infra/cli/http-client.js'

/** Something that listens, and says `body` to everybody. */
async function listening(t: TestContext, body: string, status = 200): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body))
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const failsWith = (exitCode: number, message: RegExp) => (error: unknown) =>
  error instanceof Failure && error.exitCode === exitCode && message.test(error.message)

test('what is no master is told from one that is away', async (t) => {
  const stranger = failsWith(EXIT.failed, /is no Warren master; name the master with --master/)
  await assert.rejects(new HttpClient(await listening(t, '<html>')).get('/'), stranger)
  await assert.rejects(new HttpClient(await listening(t, '7')).get('/'), stranger)
  await assert.rejects(new HttpClient(await listening(t, '{}', 404)).get('/'), stranger)
  const unreachable = failsWith(EXIT.unreachable, /cannot reach the master/)
  await assert.rejects(new HttpClient('http://127.0.0.1:1').get('/'), unreachable)
})

test('of masters that were named none answers, and what starts one is said', async () => {
  const asked = (master: string) => new HttpClient(master, undefined, { master }).get('/')
  const [one, other] = ['http://127.0.0.1:1', 'http://127.0.0.1:2']
  await assert.rejects(asked(one),
    failsWith(EXIT.unreachable, /^cannot reach the master at http:\S+:1; `warren master` starts one$/))
  await assert.rejects(asked(`${one},${other}`),
    failsWith(EXIT.unreachable, /^none of the masters at http:\S+:1,http:\S+:2 answers; `warren master` starts one$/))
})

test('a refusal becomes a failure with the exit code of its kind', async (t) => {
  const refused = async (code: string) => {
    const body = JSON.stringify({ schemaVersion: 1, error: { code, message: 'because' } })
    const url = await listening(t, body, 400)
    return new HttpClient(url).get('/').then(() => undefined, (error: Failure) => error.exitCode)
  }
  const codes = ['bad-request', 'not-found', 'ambiguous', 'unavailable', 'failed', 'something-newer']
  assert.deepEqual(await Promise.all(codes.map(refused)),
    [EXIT.usage, EXIT.notFound, EXIT.usage, EXIT.unreachable, EXIT.failed, EXIT.failed])
})

test('only an address of HTTP is one', () => {
  for (const url of ['127.0.0.1:5050', 'https://127.0.0.1', 'master', '']) {
    assert.throws(() => new HttpClient(url), failsWith(EXIT.usage, /is no address of a master/))
  }
})
