import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Running, warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('a file of a task comes out byte for byte, its end alone, or as JSON', async (t) => {
  const { http, framework } = await openOperated(t)
  const tenant = await framework('f1')
  await tenant.start('t', 'printf "1 \\303\\251" >a')
  await tenant.ended('t')
  const cat = (...args: string[]) => warren(t, ['task', 'cat', 't', ...args, '--master', http.url])
  assert.deepEqual(await cat('sandbox/a'), { code: 0, stdout: '1 é', stderr: '' })
  assert.deepEqual(await cat('sandbox/a', '--tail', '2'), { code: 0, stdout: 'é', stderr: '' })
  assert.deepEqual(await cat('sandbox/a', '--follow'), { code: 0, stdout: '1 é', stderr: '' })
  for (const how of [[], ['--follow']]) {
    assert.equal((await cat('sandbox/a', '--json', ...how)).stdout, '{"offset":0,"bytes":4,"text":"1 é"}\n')
  }
  assert.deepEqual((await cat('../../journal')).code, 1)
  assert.deepEqual(await cat('nothing'), {
    code: 4, stdout: '',
    stderr: "warren: there is no nothing of task 't' on this agent; its command began in sandbox/: "
      + 'try sandbox/nothing, or see `warren task files t`\n',
  })
  assert.match((await cat('sandbox/b')).stderr, /no sandbox\/b of task 't' .*; see `warren task files t sandbox`\n$/)
  assert.deepEqual((await cat('sandbox')).code, 2)
})

test('a file that grows is followed; when it is written anew, from its beginning', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const [first, second] = [gate(), gate()]
  await tenant.start('t', `echo long first line >log; echo ready; cat ${first.path} >log; cat ${second.path} >>log`)
  const ready = new Running(t, ['task', 'logs', 't', '--follow', '--master', http.url])
  await ready.saying(/ready/)
  const follower = new Running(t, ['task', 'cat', 't', 'sandbox/log', '--follow', '--master', http.url])
  // The shell has opened the file anew by now, or is about to; either way the new text comes.
  await first.say('new\n')
  await follower.saying(/new\n/)
  await second.say('last\n')
  const { code, stdout } = await follower.ended
  assert.equal(code, 0)
  assert.match(stdout, /new\nlast\n$/)
})
