import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('how busy machines are is told of all beside what is allocated, and of one with its launches', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const door = gate()
  await tenant.start('t', `cat ${door.path}`)
  const usage = (...args: string[]) => warren(t, ['agent', 'usage', ...args, '--master', http.url])
  const all = await usage()
  assert.deepEqual([all.code, all.stderr], [0, ''])
  assert.match(all.stdout, /^ID +NAME +CPUS +IN USE +MEMORY +IN USE +DISK IN USE +LOAD\n/)
  assert.match(all.stdout, /\n\S+ +a1 +13 % +\d+ % +1 % +\d+ % /)
  const document = JSON.parse((await usage('--json')).stdout)
  const [id = ''] = Object.keys(document.usage)
  const one = await usage(id)
  assert.match(one.stdout, /^cpus in use +\d+\.\d\d of \d+\nmemory in use +.* GB of .*\n/)
  assert.match(one.stdout, /\n\nLAUNCH +CPUS +MEMORY +PROCESSES\n\S+-L0/)
  assert.equal(JSON.parse((await usage(id, '--json')).stdout).usage.launches.length, 1)
  assert.equal((await usage('nobody')).code, 4)
  await door.say('')
})
