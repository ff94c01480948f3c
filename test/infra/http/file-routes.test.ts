import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { openOperated, type Operated } from '../../support/operated-cluster.js'

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Paths as they are: nothing on the way may tidy them up. */
const ask = (operated: Operated, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(operated.http.url)
    request({ hostname, port, path, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: response.headers })
    }).on('error', reject).end()
  })

const LINE = [
  'mkdir -p deep/er', ': >log', 'printf 0123456789 >data', 'echo "<script>alert(1)</script>" >page.html',
  'ln -s /etc/passwd out', 'ln -s / root', 'ln -s data in', 'echo é >"deep/er/a b+c%.txt"',
].join('; ')

async function operatedWithFiles(t: TestContext) {
  const operated = await openOperated(t)
  const tenant = await operated.framework('f1')
  const door = operated.gate()
  await tenant.start('t', `${LINE}; echo ready; cat ${door.path} >>log`)
  // Its output says that all of that is there.
  for await (const chunk of await follow(operated, '/v1/tasks/t/logs?follow=1')) if (chunk.includes('ready')) break
  return { ...operated, operated, tenant, door }
}

async function follow(operated: Operated, path: string, headers = {}): Promise<AsyncIterable<string>> {
  const response = await new Promise<AsyncIterable<Buffer>>((resolve, reject) =>
    request(`${operated.http.url}${path}`, { headers, agent: false }, resolve).on('error', reject).end())
  return (async function* () {
    for await (const chunk of response) yield chunk.toString()
  })()
}

test('the directory of a task is listed in pages, also below that of its agent', async (t) => {
  const { operated, door } = await operatedWithFiles(t)
  const names = async (path: string) =>
    JSON.parse((await ask(operated, path)).text).files.map(({ name }: { name: string }) => name)
  assert.deepEqual(await names('/v1/tasks/t/files'), ['sandbox', 'status', 'stderr', 'stdout'])
  const first = JSON.parse((await ask(operated, '/v1/tasks/t/files?path=sandbox&limit=2')).text)
  assert.deepEqual([first.files.length, first.next], [2, first.files[1].name])
  const rest = await names(`/v1/tasks/t/files?path=sandbox&after=${first.next}`)
  assert.deepEqual([...first.files.map(({ name }: { name: string }) => name), ...rest],
    ['data', 'deep', 'in', 'log', 'out', 'page.html', 'root'])
  const { task } = JSON.parse((await ask(operated, '/v1/tasks/t')).text)
  assert.deepEqual(await names(`/v1/agents/${task.agent}/files`), [task.launch])
  assert.deepEqual(await names(`/v1/agents/${task.agent}/files?path=${task.launch}/sandbox/deep`), ['er'])
  const byAgent = await ask(operated, `/v1/agents/${task.agent}/file?path=${task.launch}/sandbox/data`)
  assert.equal(byAgent.text, '0123456789')
  assert.equal((await ask(operated, '/v1/tasks/t/files?limit=501')).status, 400)
  await door.say('')
})

test('a file is read whole, in part and from its end, with its size; a link within is followed', async (t) => {
  const { operated, door } = await operatedWithFiles(t)
  const read = async (query: string) => (await ask(operated, `/v1/tasks/t/file?path=sandbox/${query}`))
  assert.equal((await read('data')).text, '0123456789')
  assert.equal((await read('in&offset=4&bytes=3')).text, '456')
  const tail = await read('data&tail=3')
  assert.deepEqual([tail.text, tail.headers['x-warren-size'], tail.headers['x-warren-offset']], ['789', '10', '7'])
  assert.equal((await read('data&tail=99')).text, '0123456789')
  assert.equal((await read('data&offset=99')).text, '')
  assert.equal((await read('data&offset=8&encoding=base64')).text, '{"offset":8,"base64":"ODk="}\n')
  // Who has read on beyond its end saw another file than it is now.
  const anew = await read('data&offset=99&encoding=base64')
  assert.deepEqual([anew.text, anew.headers['x-warren-offset']], ['{"offset":0,"base64":"MDEyMzQ1Njc4OQ=="}\n', '0'])
  assert.equal((await read('data&tail=1&offset=1')).status, 400)
  const odd = await read(`deep/er/${encodeURIComponent('a b+c%.txt')}&download=1`)
  assert.deepEqual([odd.text, odd.headers['content-type'], odd.headers['content-disposition']],
    ['é\n', 'application/octet-stream', "attachment; filename*=UTF-8''a%20b%2Bc%25.txt"])
  await door.say('')
})

test('no address leads out of the directory, however it is written', async (t) => {
  const { operated, door } = await operatedWithFiles(t)
  const outside = [
    '../../journal', '..', '/etc/passwd', '%2e%2e/%2e%2e/journal', '..%2f..%2fjournal', 'sandbox/out',
    'sandbox/root/etc/passwd', 'sandbox/../../../journal', 'sandbox/data%00', '%2fetc%2fpasswd',
  ]
  for (const path of outside) {
    for (const what of ['file', 'files']) {
      const { status, text } = await ask(operated, `/v1/tasks/t/${what}?path=${path}`)
      const { code } = JSON.parse(text).error
      // A link that leads to a file is no directory in any case; it is not even looked at.
      assert.deepEqual([status, code], [403, 'outside'], `${what} ${path}`)
    }
  }
  const { task } = JSON.parse((await ask(operated, '/v1/tasks/t')).text)
  for (const path of ['../journal', `${task.launch}/../../journal`, `${task.launch}/sandbox/out`]) {
    assert.equal((await ask(operated, `/v1/agents/${task.agent}/file?path=${path}`)).status, 403, path)
  }
  for (const id of ['..', '%2e%2e', '..%2f..']) {
    assert.notEqual((await ask(operated, `/v1/tasks/${id}/files`)).status, 200, id)
  }
  assert.equal((await ask(operated, '/v1/tasks/t/file?path=nothing')).status, 404)
  assert.equal((await ask(operated, '/v1/tasks/t/file?path=sandbox')).status, 400)
  assert.equal((await ask(operated, '/v1/tasks/t/files?path=stdout')).status, 400)
  await door.say('')
})

test('a page that a task has written is text to a browser, and has no rights', async (t) => {
  const { operated, door } = await operatedWithFiles(t)
  const { headers } = await ask(operated, '/v1/tasks/t/file?path=sandbox/page.html')
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.match(String(headers['content-security-policy']), /sandbox/)
  const stranger = await ask(operated, '/v1/tasks/t/file?path=stdout', { host: 'evil.example' })
  assert.equal(stranger.status, 403)
  await door.say('')
})

test('a growing file is followed until its task ends, byte by byte and in lines', async (t) => {
  const { operated, door } = await operatedWithFiles(t)
  const path = '/v1/tasks/t/file?path=sandbox/log&follow=1'
  const texts: string[] = []
  const lines = await follow(operated, path, { accept: 'application/x-ndjson' })
  const plain = follow(operated, path).then(async (chunks) => {
    let text = ''
    for await (const chunk of chunks) text += chunk
    return text
  })
  await door.say('one é\n')
  for await (const chunk of lines) texts.push(...chunk.trimEnd().split('\n').map((line) => JSON.parse(line).text))
  assert.equal(texts.join(''), 'one é\n')
  assert.equal(await plain, 'one é\n')
})
