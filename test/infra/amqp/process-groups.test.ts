import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasEnded, ProcessGroups } from '../../../infra/amqp/process-groups.js'

const LIMIT = { timeout: 30_000 }
const KEEPER = fileURLToPath(new URL('./keeper.js', import.meta.url))

test('ending the groups ends their programs and removes the directory', LIMIT, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-groups-'))
  const groups = new ProcessGroups(directory)
  const first = groups.start('/bin/sh', ['-c', 'sleep 100 & wait'], {}, 'ignore')
  const second = groups.start('/bin/sleep', ['100'], {}, 'ignore')
  const missing = groups.start('/none/such', [], {}, 'ignore')
  await groups.kill(first)
  assert.deepEqual([first, second, missing].map(hasEnded), [true, false, true])
  await groups.end()
  assert.equal(hasEnded(second), true)
  assert.equal(existsSync(directory), false)
})

test('programs do not outlive a process that is killed without a word', LIMIT, async () => {
  const keeper = fork(KEEPER)
  const [port] = await once(keeper, 'message') as [number]
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  keeper.kill('SIGKILL')
  // The program that listens there holds the other end: it closes, or is reset, when the program has ended.
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', ({ message }) => assert.match(message, /ECONNRESET/)).resume()
  await closed
})
