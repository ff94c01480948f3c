import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { openOperated } from '../../support/operated-cluster.js'

interface Answer {
  readonly status: number
  readonly text: string
}

function ask(url: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    }).on('error', reject).end(body)
  })
}

test('a name that is not this machine’s, and a foreign page, are refused', async (t) => {
  const { http } = await openOperated(t)
  const { host } = new URL(http.url)
  assert.equal((await ask(`${http.url}/v1/agents`, { host: 'evil.example' })).status, 403)
  assert.equal((await ask(`${http.url}/metrics`, { host: '127.0.0.1.evil.example:5050' })).status, 403)
  for (const good of ['localhost:5050', '[::1]:5050', '127.0.0.1']) {
    assert.equal((await ask(`${http.url}/livez`, { host: good })).status, 200, good)
  }
  const post = (origin: string) => ask(`${http.url}/v1/tasks/x/kill`, { origin }, 'POST')
  assert.equal((await post('http://evil.example')).status, 403)
  assert.equal((await post('null')).status, 403)
  assert.equal((await post(`http://${host}`)).status, 404)
})

test('a page of another master of this machine is let in by the key that masters tell each other', async (t) => {
  const { http } = await openOperated(t)
  const { masters: [own] } = JSON.parse((await ask(`${http.url}/v1/masters`)).text) as {
    readonly masters: readonly { readonly name: string; readonly url: string; readonly pageKey: string }[]
  }
  assert.deepEqual([own?.name, own?.url], ['m1', http.url])
  const page = 'http://127.0.0.1:5055'
  const asked = (origin: string, key: string, method = 'GET', path = '/v1/agents?limit=5&') =>
    new Promise<readonly [number | undefined, string | undefined]>((resolve, reject) => {
      const headers = { origin, 'sec-fetch-site': 'same-site' }
      const sent = request(`${http.url}${path}page-key=${key}`, { headers, method, agent: false })
      sent.on('response', (response) => {
        resolve([response.statusCode, response.headers['access-control-allow-origin']])
        response.destroy()
      }).on('error', reject).end()
    })
  const key = own?.pageKey ?? ''
  assert.deepEqual(await asked(page, key), [200, page])
  assert.deepEqual(await asked(page, key, 'GET', '/v1/live?'), [200, page])
  assert.deepEqual(await asked(page, key, 'POST', '/v1/tasks/x/kill?'), [404, page])
  for (const wrong of ['', 'x', `${key}x`]) {
    assert.deepEqual(await asked(page, wrong), [200, undefined], 'no page can read the answer')
    assert.deepEqual(await asked(page, wrong, 'POST', '/v1/tasks/x/kill?'), [403, undefined])
  }
  for (const foreign of ['http://evil.example', 'https://127.0.0.1:5055', 'null', 'http://127.0.0.1.evil.example']) {
    assert.deepEqual(await asked(foreign, key, 'POST', '/v1/tasks/x/kill?'), [403, undefined], foreign)
  }
})

test('an order with parameters in its body is refused, and not carried out without them', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t1', 'true')
  await tenant.ended('t1')
  const order = async (type: string, body: string, name = 'drain') => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type }
    const { status, text } = await ask(`${http.url}/v1/agents/a1/${name}`, headers, 'POST', body)
    return { status, ...JSON.parse(text) }
  }
  for (const [type, body] of [
    ['application/json', '{"graceMs":30000}'], ['application/json', '{"graceMs"'], ['text/plain', 'graceMs=30000'],
    ['application/x-www-form-urlencoded', 'graceMs=30000'], ['', '[]'],
  ] as const) {
    const { status, error } = await order(type, body)
    assert.deepEqual([status, error.code], [400, 'bad-request'], body)
    assert.match(error.message, /in the query, such as \?graceMs=30000/)
  }
  for (const [type, body] of [
    ['application/json', ''], ['application/json', ' { }\n'], ['text/plain', ''], ['', ''], ['', '{}'],
  ] as const) {
    const { status, changed } = await order(type, body, 'reactivate')
    assert.deepEqual([status, changed], [200, false], `it was not drained; '${body}' as '${type}'`)
  }
})
