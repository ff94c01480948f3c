import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Running, warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('what an ended task wrote comes out on the streams it was written to, byte for byte', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', 'printf "out \\303\\251"; echo err >&2')
  await tenant.ended('t')
  const logs = (...args: string[]) => warren(t, ['task', 'logs', 't', '--master', http.url, ...args])
  assert.deepEqual(await logs(), { code: 0, stdout: 'out é', stderr: 'err\n' })
  assert.deepEqual(await logs('--stream', 'stderr'), { code: 0, stdout: '', stderr: 'err\n' })
  assert.deepEqual(await logs('--follow', '--stream', 'stdout'), { code: 0, stdout: 'out é', stderr: '' })
  const lines = (await logs('--json')).stdout.trimEnd().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(lines.sort((left, right) => left.stream < right.stream ? -1 : 1),
    [{ stream: 'stderr', text: 'err\n' }, { stream: 'stdout', text: 'out é' }])
  assert.deepEqual(await logs('--stream', 'all'),
    { code: 2, stdout: '', stderr: "warren: 'all' is no stream of a task: use stdout, stderr or both\n" })
})

test('a follower sees later lines, and ends with the task', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `echo first; cat ${door.path}`)
  const follower = new Running(t, ['task', 'logs', 't', '--follow', '--master', http.url])
  await follower.saying(/first\n/)
  await door.say('second\n')
  assert.deepEqual(await follower.ended, { code: 0, stdout: 'first\nsecond\n', stderr: '' })
  const { stdout } = await warren(t, ['task', 'logs', 't', '--follow', '--json', '--master', http.url])
  const lines = stdout.trimEnd().split('\n').map((each) => JSON.parse(each))
  assert.equal(lines.map(({ text }) => text).join(''), 'first\nsecond\n')
  assert.deepEqual([...new Set(lines.map(({ stream }) => stream))], ['stdout'])
})

test('Ctrl-C ends a follower quietly, with 130', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', `echo first; cat ${gate().path}`)
  for (const more of [[], ['--json']]) {
    const follower = new Running(t, ['task', 'logs', 't', '--follow', '--master', http.url, ...more])
    await follower.saying(/first/)
    follower.signal('SIGINT')
    const { code, stderr } = await follower.ended
    assert.deepEqual([code, stderr], [130, ''])
  }
})

test('a task that nobody knows is a failure', async (t) => {
  const { http } = await openOperated(t)
  const unknown = await warren(t, ['task', 'logs', 'x', '--master', http.url])
  assert.equal(unknown.code, 4)
  assert.equal(unknown.stderr, `warren: there is no task 'x'; see \`warren task list --all --master ${http.url}\`\n`)
})
