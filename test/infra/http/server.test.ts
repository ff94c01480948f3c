import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { ListenError } from '../../../infra/http/interface.js'
import { LOG_STREAMS_MAX } from '../../../infra/http/routes.js'
import { openHttp } from '../../../infra/http/server.js'
import { openOperated, SILENT } from '../../support/operated-cluster.js'

interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
}

function ask(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('error', reject)
      response.on('end', () => resolve({
        status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text,
      }))
    }).on('error', reject).end()
  })
}

const json = async (url: string, method = 'GET') => JSON.parse((await ask(url, {}, method)).text)

/** Yields a response's chunks as they come. */
async function* chunks(url: string, headers: Record<string, string> = {}): AsyncGenerator<string> {
  const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) =>
    request(url, { headers, agent: false }, resolve).on('error', reject).end())
  for await (const chunk of response) yield chunk.toString()
}

test('agents, frameworks and tasks are listed as the master knows them', async (t) => {
  const { http, agent, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t1', `cat ${door.path}`)
  await tenant.start('t2', 'exit 3')
  await tenant.ended('t2')
  const agents = await json(`${http.url}/v1/agents`)
  assert.equal(agents.schemaVersion, 1)
  assert.deepEqual(agents.agents.map((each: { hostname: string; tasks: number; used: object }) =>
    [each.hostname, each.tasks, each.used]), [[agent.info.hostname, 1, { cpus: 0.5, mem: 32 }]])
  const frameworks = await json(`${http.url}/v1/frameworks`)
  const [first] = frameworks.frameworks
  assert.deepEqual([frameworks.total, first.id, first.name], [1, tenant.id, 'f1'])
  const tasks = await json(`${http.url}/v1/tasks`)
  assert.deepEqual(tasks.states, { RUNNING: 1, FAILED: 1 })
  assert.deepEqual(tasks.tasks.map((each: { id: string; exitCode?: number }) => [each.id, each.exitCode]),
    [['t1', undefined], ['t2', 3]])
  const { cluster } = await json(`${http.url}/v1/cluster`)
  assert.deepEqual([cluster.cluster, cluster.leading, cluster.tasks], ['test', true, 1])
  await door.say('go\n')
  assert.equal((await tenant.ended('t1')).state, 'FINISHED')
})

test('the root says what there is, and a request meant for another cluster is not carried out', async (t) => {
  const { http } = await openOperated(t)
  const { addresses } = await json(`${http.url}/`)
  assert.ok('GET /v1/agents' in addresses && 'POST /v1/tasks/ID/kill' in addresses)
  assert.equal((await ask(`${http.url}/v1/cluster`, { 'x-warren-cluster': 'test' })).status, 200)
  const other = await ask(`${http.url}/v1/cluster`, { 'x-warren-cluster': 'other' })
  const { error } = JSON.parse(other.text)
  assert.deepEqual([other.status, error.code], [421, 'misdirected'])
  assert.equal(error.message, "this master leads cluster 'test', not 'other'")
})

test('tasks are filtered by state, life and framework, and come in pages', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const [one, two] = [await framework('f1'), await framework('f2')]
  const door = gate()
  for (const id of ['a', 'b']) {
    await one.start(id, 'true')
    await one.ended(id)
  }
  await two.start('c', `cat ${door.path}`)
  const idsOf = async (query: string) =>
    (await json(`${http.url}/v1/tasks?${query}`)).tasks.map((each: { id: string }) => each.id)
  assert.deepEqual(await idsOf('live=1'), ['c'])
  assert.deepEqual(await idsOf('state=finished'), ['a', 'b'])
  assert.deepEqual(await idsOf(`framework=${two.id}`), ['c'])
  const { tasks: [{ agent }] } = await json(`${http.url}/v1/tasks`)
  for (const named of ['a1', agent]) assert.deepEqual(await idsOf(`agent=${named}`), ['a', 'b', 'c'])
  assert.deepEqual(await idsOf(`agent=${agent.replace(/-S\d+/, '-S77')}`), [], 'it may have gone')
  assert.equal((await ask(`${http.url}/v1/tasks?agent=nobody`)).status, 404)
  const first = await json(`${http.url}/v1/tasks?limit=2`)
  assert.deepEqual([first.total, first.tasks.length], [3, 2])
  assert.deepEqual(await idsOf(`limit=2&after=${first.next}`), ['c'])
  assert.equal((await ask(`${http.url}/v1/tasks?state=FINE`)).status, 400)
  const misspelt = await ask(`${http.url}/v1/tasks?sate=RUNNING`)
  assert.match(misspelt.text, /'sate' is no parameter.*use limit, after/)
  assert.equal((await ask(`${http.url}/v1/tasks?limit=-1`)).status, 400)
  await door.say('')
})

test('an id may be cut short as long as it means one thing', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const [one, two] = [await framework('f1'), await framework('f2')]
  await one.start('same', 'true')
  const door = gate()
  await two.start('same', `cat ${door.path}`)
  await one.ended('same')
  const live = await json(`${http.url}/v1/tasks/sam`)
  assert.equal(live.task.framework, two.id, 'the one that lives is meant')
  assert.equal((await json(`${http.url}/v1/tasks/${live.task.launch}`)).task.framework, two.id)
  const path = encodeURIComponent(`${one.id}/same`)
  assert.equal((await json(`${http.url}/v1/tasks/${path}`)).task.framework, one.id)
  await door.say('')
  await two.ended('same')
  const ambiguous = await ask(`${http.url}/v1/tasks/same`)
  assert.equal(ambiguous.status, 409)
  assert.deepEqual(JSON.parse(ambiguous.text).error.candidates, [`${one.id}/same`, `${two.id}/same`])
  const prefix = one.id.slice(0, one.id.lastIndexOf('-') - 1)
  assert.match((await ask(`${http.url}/v1/frameworks/${prefix}`)).text, /could be 2 frameworks/)
  assert.equal((await ask(`${http.url}/v1/frameworks/${one.id}`)).status, 200)
  for (const path of ['tasks/NOTHING', 'agents/NOBODY', 'offers/NONE', 'frameworks/NONE', 'nouns']) {
    assert.equal((await ask(`${http.url}/v1/${path}`)).status, 404, path)
  }
})

test('a follower sees what a task writes later, on the right streams, until it ends', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `echo one; echo two >&2; cat ${door.path}`)
  const lines: { stream: string; text: string }[] = []
  const url = `${http.url}/v1/tasks/t/logs?follow=1`
  for await (const chunk of chunks(url, { accept: 'application/x-ndjson' })) {
    lines.push(...chunk.trimEnd().split('\n').map((line) => JSON.parse(line)))
    if (lines.length === 2) await door.say('three ✓\n')
  }
  const of = (stream: string) =>
    lines.filter((line) => line.stream === stream).map(({ text }) => text).join('')
  assert.deepEqual([of('stdout'), of('stderr')], ['one\nthree ✓\n', 'two\n'])
  const whole = await ask(`${http.url}/v1/tasks/t/logs?stream=stdout`)
  assert.deepEqual([whole.status, whole.text], [200, 'one\nthree ✓\n'], 'an ended task is still read')
  assert.equal((await ask(`${http.url}/v1/tasks/t/logs?stream=stdout&offset=4`)).text, 'three ✓\n')
  const exact = `${http.url}/v1/tasks/t/logs?encoding=base64&offset=4`
  assert.equal((await ask(`${exact}&stream=stdout`)).text,
    `{"offset":4,"base64":"${Buffer.from('three ✓\n').toString('base64')}"}\n`)
  assert.equal((await ask(exact)).status, 400, 'of both streams nobody could say how far it has come')
  assert.equal((await ask(`${http.url}/v1/tasks/t/logs?stream=stdout&encoding=x`)).status, 400)
  assert.equal((await ask(`${http.url}/v1/tasks/t/logs?offset=4`)).status, 400)
  assert.equal((await ask(`${http.url}/v1/tasks/t/logs?stream=out`)).status, 400)
})

test('a long output arrives whole, and a reader that hangs up is no trouble', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('long', 'seq 1 100000')
  await tenant.ended('long')
  const expected = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('')
  assert.equal((await ask(`${http.url}/v1/tasks/long/logs`)).text === expected, true)
  const door = gate()
  await tenant.start('quiet', `echo here; cat ${door.path}`)
  for await (const chunk of chunks(`${http.url}/v1/tasks/quiet/logs?follow=1`)) {
    assert.equal(chunk, 'here\n')
    break
  }
  await door.say('')
  await tenant.ended('quiet')
})

test('kill ends a task, and says so of one that has ended before', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', `cat ${gate().path}`)
  const answer = await ask(`${http.url}/v1/tasks/t/kill`, {}, 'POST')
  assert.deepEqual([answer.status, JSON.parse(answer.text).outcome], [202, 'killing'])
  assert.equal((await tenant.ended('t')).state, 'KILLED')
  const again = await json(`${http.url}/v1/tasks/t/kill`, 'POST')
  assert.deepEqual([again.outcome, again.task.state], ['ended-before', 'KILLED'])
  assert.equal((await ask(`${http.url}/v1/tasks/nothing/kill`, {}, 'POST')).status, 404)
})

test('health and metrics tell how the node does', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', 'true')
  await tenant.ended('t')
  assert.deepEqual(await ask(`${http.url}/livez`), { status: 200, type: 'text/plain', text: 'ok\n' })
  const ready = await ask(`${http.url}/readyz?verbose`)
  assert.match(ready.text, /^\[\+\] master: leads 'test' in epoch \d+\n\[\+\] transport/)
  const { type, text } = await ask(`${http.url}/metrics`)
  assert.match(type, /^application\/openmetrics-text; version=1\.0\.0/)
  assert.match(text, /^warren_agents\{state="active"\} 1$/m)
  assert.match(text, /^warren_tasks\{state="FINISHED"\} 1$/m)
  assert.match(text, /^warren_leader 1$/m)
  assert.match(text, /^warren_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  assert.ok(text.endsWith('\n# EOF\n'))
})

test('a port in use and an address of the network are refused with what to do', async (t) => {
  const { http, master } = await openOperated(t)
  const port = Number(new URL(http.url).port)
  const options = { system: master.system, master: master.master, cluster: 'test', logger: SILENT }
  await assert.rejects(openHttp({ ...options, port }), (error) =>
    error instanceof ListenError && error.code === 'port-in-use' && error.message.includes(`port ${port}`)
    && error.message.includes('--port'))
  await assert.rejects(openHttp({ ...options, ip: '0.0.0.0', port: 0 }), (error) =>
    error instanceof ListenError && error.code === 'not-loopback')
})

test('closing hangs up on followers', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `echo here; cat ${door.path}`)
  await assert.rejects(async () => {
    for await (const _ of chunks(`${http.url}/v1/tasks/t/logs?follow=1`)) await http.close()
  })
  await door.say('')
  await tenant.ended('t')
})

test('a quiet task is answered at once, and so many logs are read at once and no more', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', `cat ${gate().path}`)
  const url = `${http.url}/v1/tasks/t/logs?stream=stdout&follow=1`
  const open = () => new Promise<number | undefined>((resolve, reject) => {
    const sent = request(url, { agent: false }, ({ statusCode }) => resolve(statusCode)).on('error', reject)
    t.after(() => sent.destroy())
    sent.end()
  })
  const statuses = await Promise.all(Array.from({ length: LOG_STREAMS_MAX }, open))
  assert.deepEqual([...new Set(statuses)], [200])
  assert.match((await ask(url)).text, /"code":"too-many","message":"256 logs are being read already/)
})
