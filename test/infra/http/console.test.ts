import assert from 'node:assert/strict'
import { request, type IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { openOperated } from '../../support/operated-cluster.js'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

const ask = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
      .on('error', reject)
      .end()
  })

test('a browser is led to the console, a program gets JSON', async (t) => {
  const { http } = await openOperated(t)
  const browser = await ask(`${http.url}/`, { accept: 'text/html,*/*' })
  assert.deepEqual([browser.status, browser.headers.location], [307, '/console/'])
  assert.ok('addresses' in JSON.parse((await ask(`${http.url}/`)).text))
})

test('the console may load nothing from elsewhere, and is not sent twice', async (t) => {
  const { http } = await openOperated(t)
  const page = await ask(`${http.url}/console/agents/S1`)
  assert.match(page.text, /<script type="module" src="\/console\/console\.js">/)
  const policy = String(page.headers['content-security-policy'])
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|https?:|\*/)
  assert.equal(page.headers['x-content-type-options'], 'nosniff')
  const script = await ask(`${http.url}/console/console.js`)
  const again = await ask(`${http.url}/console/console.js`, { 'if-none-match': String(script.headers.etag) })
  assert.deepEqual([script.status, again.status, again.text], [200, 304, ''])
  assert.equal((await ask(`${http.url}/console/other.js`)).status, 404)
})

test('events are told as they were decided, since a time, and followed', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t1', 'exit 3')
  await tenant.ended('t1')
  const listed = async (query: string) =>
    JSON.parse((await ask(`${http.url}/v1/events?${query}`)).text).events as readonly {
      type: string
      text: string
      level: string
      at: string
    }[]
  const words = (await listed('task=t1')).map(({ text }) => text)
  assert.match(words[0] ?? '', /^task t1 was launched with 0.5 cpus/)
  assert.ok(words.includes('task t1 is FAILED with exit code 3'), words.join('\n'))
  assert.ok((await listed('type=framework')).some(({ text }) => text === 'framework f1 is subscribed'))
  assert.ok((await listed('agent=a1')).some(({ text }) => text === 'agent a1 is connected'))
  const times = (await listed('')).map(({ at }) => at)
  assert.deepEqual(times, [...times].sort())
  const noType = await ask(`${http.url}/v1/events?type=nosuch`)
  assert.equal(noType.status, 400)
  assert.match(noType.text, /type=nosuch is no type of events: use agent-activated, .*, task-removed/)
  assert.equal((await listed(`since=${new Date(Date.now() + 60_000).toISOString()}`)).length, 0)
  assert.ok((await listed('since=1h&offers=1')).some(({ type }) => type === 'offer-made'))
  assert.equal((await ask(`${http.url}/v1/events?since=yesterday`)).status, 400)
  const followed = await new Promise<string>((resolve, reject) => {
    const sent = request(
      `${http.url}/v1/events?task=t1`,
      { headers: { accept: 'text/event-stream' }, agent: false },
      (response) => {
        let text = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            text += chunk
            if (!text.includes('caught-up')) return
            sent.destroy()
            resolve(text)
          })
          .on('error', () => undefined)
      },
    ).on('error', reject)
    sent.end()
  })
  assert.match(followed, /id: \d+-\d+\nevent: event\ndata: \{"number"/)
})

test('vitals, dead letters and the overview are told of every node that is connected', async (t) => {
  const { http, framework } = await openOperated(t)
  // Both are there once a task has run.
  const tenant = await framework('f1')
  await tenant.start('t1', 'true')
  await tenant.ended('t1')
  const { nodes, silent, total } = JSON.parse((await ask(`${http.url}/v1/actors`)).text)
  assert.deepEqual([total, silent], [3, []])
  assert.deepEqual(
    nodes.map(({ node }: { node: string }) => node.replace(/@.*/, '')),
    ['master-m1', 'agent-a1', 'framework-f1'],
  )
  assert.ok(
    nodes[0].actors.some(
      ({ path, status }: Record<string, string>) => path === 'master/registrar' && status === 'running',
    ),
  )
  const { overview } = JSON.parse((await ask(`${http.url}/v1/overview`)).text)
  assert.deepEqual(
    [overview.agents, overview.frameworks, overview.resources.total.cpus],
    [{ active: 1 }, { active: 1 }, 4],
  )
  const { roles } = JSON.parse((await ask(`${http.url}/v1/roles`)).text)
  assert.deepEqual(
    roles.map(({ id, members }: { id: string; members: object[] }) => [id, members.length]),
    [['*', 1]],
  )
  const { nodesAsked } = JSON.parse((await ask(`${http.url}/v1/dead-letters`)).text)
  assert.equal(nodesAsked, 3)
})
