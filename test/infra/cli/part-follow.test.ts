import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { EXIT, type Failure } from '../../../infra/cli/failure.js'
import { HttpClient } from '../../../infra/cli/http-client.js'
import { followParts, sayingOnce, type PartWish } from '../../../infra/cli/part-follow.js'

interface Master {
  readonly url: string
  /** What it was asked for. */
  readonly asked: URL[]
  /** As by `kill -9`. */
  readonly die: () => void
}

/** Leads as long as nobody else does, and answers as the test says. */
async function master(
  t: TestContext, name: string | (() => string), answer: (response: ServerResponse, ordinal: number) => void,
): Promise<Master> {
  const asked: URL[] = []
  const server = createServer(({ url = '' }, response) => {
    if (url === '/v1/cluster') {
      return response.end(JSON.stringify({ cluster: { leader: typeof name === 'string' ? name : name() } }))
    }
    if (url === '/v1/masters') return response.end(JSON.stringify({ masters: [] }))
    asked.push(new URL(url, 'http://master'))
    return answer(response, asked.length)
  })
  const die = () => {
    server.close()
    server.closeAllConnections()
  }
  server.listen(0, '127.0.0.1')
  t.after(die)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, die }
}

const line = (offset: number, text: string) =>
  `${JSON.stringify({ offset, base64: Buffer.from(text).toString('base64') })}\n`
const LAUNCH = { 'x-warren-launch': 'L7' }
const LOGS: PartWish = { nouns: 'tasks', id: 'web', what: 'logs', query: { stream: 'stdout' } }

/** What is followed to its end, and what was said of changes. It is known who leads when something is heard. */
async function read(
  masters: readonly Master[], wish: PartWish, heard: (text: string) => unknown = () => {}, masterlessMaxMs?: number,
) {
  const client = new HttpClient(masters.map(({ url }) => url).join(','))
  const said: string[] = []
  let text = ''
  const listener = sayingOnce((each) => said.push(each))()
  const { signal } = new AbortController()
  for await (const { data } of followParts(client, wish, listener, signal, masterlessMaxMs)) {
    text += Buffer.from(data).toString()
    await client.leader(signal)
    heard(text)
  }
  return { text, said }
}

test('when the leader dies the next is asked for the same launch, from the last whole line on', async (t) => {
  const half = line(6, 'three\n').slice(0, 20)
  const first = await master(t, 'm1', (response) => response.writeHead(200, LAUNCH)
    .write(line(0, 'one\n') + line(4, 'é') + half))
  const next = await master(t, 'm2', (response) => response.writeHead(200, LAUNCH).end(line(6, 'three\n')))
  const { text, said } = await read([first, next], LOGS, (so) => so === 'one\né' && first.die())
  assert.equal(text, 'one\néthree\n')
  assert.deepEqual(said, ['warren: the leader m1 is gone, m2 leads; it is read on from where it stood\n'])
  const [was, is] = [first, next].map(({ asked }) => asked.map(({ pathname, search }) => pathname + search))
  assert.deepEqual(was, ['/v1/tasks/web/logs?stream=stdout&follow=1&encoding=base64'])
  assert.deepEqual(is, ['/v1/tasks/L7/logs?stream=stdout&offset=6&follow=1&encoding=base64'])
})

test('the end of a file is gone on with from where the end began, also when nothing was read yet', async (t) => {
  const first = await master(t, 'm1', (response) => {
    response.writeHead(200, { 'x-warren-offset': '90' }).flushHeaders()
    response.write(line(90, ''), () => first.die())
  })
  const next = await master(t, 'm2', (response) => response.writeHead(200, { 'x-warren-offset': '90' })
    .end(line(90, 'new')))
  const wish: PartWish = { nouns: 'agents', id: 'S0', what: 'file', query: { path: 'L1/stdout', tail: '10' } }
  assert.equal((await read([first, next], wish)).text, 'new')
  const [{ searchParams = new URLSearchParams() } = {}] = next.asked
  assert.deepEqual([searchParams.get('offset'), searchParams.get('tail')], ['90', null])
})

test('what the leader refuses midway is a failure, unless another leads by then', async (t) => {
  const error = `${JSON.stringify({ error: { code: 'unavailable', message: 'its agent is away' } })}\n`
  const still = await master(t, 'm1', (response) => response.end(line(0, 'one') + error))
  await assert.rejects(read([still], LOGS), ({ exitCode, message }: Failure) =>
    exitCode === EXIT.unreachable && message === 'its agent is away')
  let leader = 'm1'
  let depose = () => {}
  const deposed = await master(t, () => leader, (response, ordinal) => {
    if (ordinal > 1) return response.end(line(3, 'two'))
    depose = () => {
      leader = 'm2'
      response.end(error)
    }
    return response.write(line(0, 'one'))
  })
  const { text, said } = await read([deposed], LOGS, (so) => so === 'one' && depose())
  assert.deepEqual([text, said.length], ['onetwo', 1])
})

test('who finds no master for long gives up: nobody can be reached', async (t) => {
  const only = await master(t, 'm1', (response) => response.write(line(0, 'one')))
  await assert.rejects(read([only], LOGS, () => only.die(), 300), ({ exitCode, message }: Failure) =>
    exitCode === EXIT.unreachable && /^no master has led for 0\.3 s; /.test(message))
})

test('a change that several streams notice is said once, and the next one again', () => {
  const said: string[] = []
  const listener = sayingOnce((text) => said.push(text))
  const [out, err] = [listener(), listener()]
  const gap = { fromMs: 0, untilMs: 1, leaderWas: 'm1', leader: 'm2' }
  for (const each of [out, err]) each(gap)
  assert.equal(said.length, 1)
  for (const each of [err, out]) each({ ...gap, leaderWas: 'm2', leader: 'm1' })
  assert.equal(said.length, 2)
})
