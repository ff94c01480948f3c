import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { shimArguments, shimOrder, waitingShimArguments } from '../../../infra/agent/shim.js'
import { Survivors } from '../../../infra/agent/survivors.js'
import { temporaryDirectory } from './temporary.js'

const waitingShim = () => {
  const stdio = ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'] as const
  const child = spawn('/bin/sh', waitingShimArguments(), { detached: true, env: {}, stdio: [...stdio] })
  return { child, channel: child.stdio[4] as Duplex }
}

test('a shim that cannot record its pid does not run the command', async (t) => {
  const directory = temporaryDirectory(t)
  const output = `${directory}/output`
  const full = openSync('/dev/full', 'w')
  const child = spawn('/bin/sh', shimArguments(directory, ['/usr/bin/env']), {
    detached: true, stdio: ['ignore', openSync(output, 'w'), full, full],
  })
  assert.deepEqual(await once(child, 'exit'), [1, null])
  assert.equal(readFileSync(output, 'utf8'), '')
})

test('nor does one that waits for orders', async (t) => {
  const directory = temporaryDirectory(t)
  mkdirSync(`${directory}/sandbox`)
  const { child, channel } = waitingShim()
  const order = shimOrder(directory, ['/usr/bin/env'], {}) ?? ''
  channel.write(order.replace(/2>\S+/, '2>/dev/full'))
  assert.deepEqual(await once(child, 'exit'), [1, null])
  assert.equal(readFileSync(`${directory}/stdout`, 'utf8'), '')
})

test('an order that is read too late, when its launch has been given up, does nothing', async (t) => {
  const directory = temporaryDirectory(t)
  mkdirSync(`${directory}/sandbox`)
  assert.deepEqual(new Survivors(1_000).truth(directory), { type: 'ended', end: 'vanished' })
  const { child, channel } = waitingShim()
  channel.write(shimOrder(directory, ['/usr/bin/touch', `${directory}/ran`], {}))
  assert.deepEqual(await once(child, 'exit'), [1, null])
  assert.equal(existsSync(`${directory}/ran`), false)
  assert.equal(readFileSync(`${directory}/status`, 'utf8'), '0\nvanished\n')
})

test('an order from an agent that dies at once is carried out to its end, and no further', async (t) => {
  const directory = temporaryDirectory(t)
  mkdirSync(`${directory}/sandbox`)
  const { child, channel } = waitingShim()
  channel.end(shimOrder(directory, ['/bin/sh', '-c', 'exit 4'], {}))
  assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'])
  assert.equal(readFileSync(`${directory}/status`, 'utf8'), `${child.pid}\n4\n`)
})

test('a task directory with any name can be ordered', async (t) => {
  const directory = `${temporaryDirectory(t)}/it's a "$HOME"\n directory`
  mkdirSync(`${directory}/sandbox`, { recursive: true })
  writeFileSync(`${directory}/sandbox/here`, '')
  const { child, channel } = waitingShim()
  channel.end(shimOrder(directory, ['/bin/ls'], {}))
  await once(child, 'exit')
  assert.equal(readFileSync(`${directory}/stdout`, 'utf8'), 'here\n')
})
