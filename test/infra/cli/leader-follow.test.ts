import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { EXIT, type Failure } from '../../../infra/cli/failure.js'
import { HttpClient } from '../../../infra/cli/http-client.js'
import { followLeader, gapJson, gapText, type Told } from '../../../infra/cli/leader-follow.js'

interface Master {
  readonly url: string
  /** What it was asked to tell of. */
  readonly asked: string[]
  /** As by `kill -9`. */
  readonly die: () => void
}

/** Leads, tells one event to everybody, and knows where the others are. */
async function master(t: TestContext, name: string, others: readonly string[] = []): Promise<Master> {
  const asked: string[] = []
  const server = createServer(({ url = '' }, response) => {
    if (url === '/v1/masters') {
      const masters = [{ name, url: `http://${own()}`, leading: true },
        ...others.map((each) => ({ name: 'other', url: each, leading: false }))]
      return response.end(JSON.stringify({ schemaVersion: 1, masters }))
    }
    if (url === '/v1/cluster') return response.end(JSON.stringify({ cluster: { leader: name } }))
    asked.push(url)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    return response.write(`retry: 1000\n\nid: 1\nevent: event\ndata: ${JSON.stringify({ by: name })}\n\n`)
  })
  const own = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  const die = () => {
    server.close()
    server.closeAllConnections()
  }
  server.listen(0, '127.0.0.1')
  t.after(die)
  await once(server, 'listening')
  return { url: `http://${own()}`, asked, die }
}

test('who follows the leader goes on with the next, of which the last has told, and hears of the gap', async (t) => {
  const next = await master(t, 'm2')
  const first = await master(t, 'm1', [next.url])
  const client = new HttpClient(first.url)
  const hangUp = new AbortController()
  const pathOf = (sinceMs: number | undefined) => (sinceMs === undefined ? '/all' : `/since/${sinceMs}`)
  const heard: Told[] = []
  for await (const each of followLeader(client, pathOf, hangUp.signal)) {
    heard.push(each)
    if (heard.length === 3) hangUp.abort()
    if (heard.length > 1) continue
    await client.learnMasters(hangUp.signal)
    first.die()
  }
  const [before, gap, after] = heard
  assert.deepEqual([before, after], [{ event: 'event', data: { by: 'm1' } }, { event: 'event', data: { by: 'm2' } }])
  assert.ok(gap && 'gap' in gap)
  const { fromMs, untilMs, ...leaders } = gap.gap
  assert.deepEqual(leaders, { leaderWas: 'm1', leader: 'm2' })
  assert.ok(untilMs >= fromMs)
  assert.deepEqual([first.asked, next.asked], [['/all'], [`/since/${fromMs}`]])
})

test('who finds no master for long gives up: nobody can be reached', async (t) => {
  const only = await master(t, 'm1')
  const follow = async () => {
    const { signal } = new AbortController()
    for await (const each of followLeader(new HttpClient(only.url), () => '/', signal, 300)) {
      assert.ok(!('gap' in each), 'there is nobody to go on with')
      only.die()
    }
  }
  await assert.rejects(follow(), ({ exitCode, message }: Failure) =>
    exitCode === EXIT.unreachable && /^no master has led for 0\.3 s; cannot reach the master/.test(message))
})

test('a gap is said on a line, and for programs with its reason', () => {
  const gap = { fromMs: 1_000, untilMs: 2_500, leaderWas: 'm1', leader: 'm2' }
  assert.match(gapText(gap, 'hops'),
    /^the leader m1 is gone, m2 leads; of \d\d:\d\d:01\.000 to \d\d:\d\d:02\.500 hops may be missing$/)
  assert.match(gapText({ ...gap, leader: 'm1' }, 'hops'), /^the connection to the leader m1 broke off; /)
  assert.match(gapText({ ...gap, leader: undefined }, 'hops'), /^the leader m1 is gone, another master leads; /)
  assert.deepEqual(gapJson(gap), {
    reason: 'leader-changed', from: '1970-01-01T00:00:01.000Z', until: '1970-01-01T00:00:02.500Z',
    leaderWas: 'm1', leader: 'm2',
  })
})
