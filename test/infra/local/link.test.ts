import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { nodeAddress } from '../../../runtime/address.js'
import { localLink } from '../../../infra/local/link.js'
import { PacketReader } from '../../../infra/local/packets.js'
import { serveLocal } from '../../../infra/local/server.js'
import { memoryHub } from '../../../infra/memory/link.js'
import { openPost } from '../../../infra/post.js'
import { Recorder } from '../../support/recorder.js'
import { startVictim } from '../../support/victim.js'
import { transportConformance } from '../transport-conformance.js'

const directory = mkdtempSync(join(tmpdir(), 'warren-local-'))
after(() => rmSync(directory, { recursive: true }))

const LIMIT = { timeout: 60_000 }
const master = nodeAddress('master', 'a', '1')
const agent = nodeAddress('agent', 'a', '1')
let sockets = 0
const freshPath = () => join(directory, `${++sockets}`, 'warren.sock')

transportConformance(async () => {
  const socketPath = freshPath()
  const server = await serveLocal(memoryHub(), socketPath)
  return {
    openLink: localLink(socketPath),
    startVictim: (self) => startVictim(self, { link: 'local', socketPath }),
    stop: () => server.close(),
  }
})

test('nodes in the hub and nodes on the socket are one cluster', LIMIT, async () => {
  const [hub, socketPath] = [memoryHub(), freshPath()]
  const server = await serveLocal(hub, socketPath)
  const [inside, outside] = [new Recorder(), new Recorder()]
  const embedded = await openPost(master, hub.open, inside)
  const guest = await openPost(agent, localLink(socketPath), outside)
  guest.send(master, ['up'])
  embedded.send(agent, ['down'])
  await inside.until(({ envelopes }) => envelopes.length === 1)
  await outside.until(({ envelopes }) => envelopes.length === 1)
  assert.deepEqual([inside.envelopes, outside.envelopes], [[['up']], [['down']]])
  await guest.close()
  await server.close()
})

test('only its user may open the socket, and it is gone when the server closed', LIMIT, async () => {
  const socketPath = freshPath()
  const server = await serveLocal(memoryHub(), socketPath)
  assert.equal(statSync(socketPath).mode & 0o777, 0o600)
  assert.equal(statSync(join(socketPath, '..')).mode & 0o777, 0o700)
  await server.close()
  assert.equal(existsSync(socketPath), false)
})

test('a live socket is refused, a stale one replaced, a plain file left alone', LIMIT, async () => {
  const socketPath = freshPath()
  const holder = fork(fileURLToPath(new URL('./holder.js', import.meta.url)), [socketPath])
  await once(holder, 'message')
  await assert.rejects(serveLocal(memoryHub(), socketPath), /a warren already runs at .*: stop it, or/)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  assert.ok(existsSync(socketPath), 'kill -9 leaves the file behind')
  const server = await serveLocal(memoryHub(), socketPath)
  const guest = await openPost(agent, localLink(socketPath), new Recorder())
  await guest.close()
  await server.close()

  const file = join(directory, 'file')
  writeFileSync(file, 'precious')
  await assert.rejects(serveLocal(memoryHub(), file), /is no socket: choose another work directory/)
  assert.ok(existsSync(file))
})

test('a path too long for the kernel, or where nobody listens, is explained', LIMIT, async () => {
  const long = join(directory, 'x'.repeat(110))
  await assert.rejects(serveLocal(memoryHub(), long), /bytes, and \d+ are possible: choose a shorter/)
  await assert.rejects(openPost(agent, localLink(long), new Recorder()), /choose a shorter/)
  const nobody = openPost(agent, localLink(join(directory, 'nobody.sock')), new Recorder())
  await assert.rejects(nobody, /none runs there; start one with 'warren dev'/)
})

test('a name that is taken, or is none, is refused', LIMIT, async () => {
  const [hub, socketPath] = [memoryHub(), freshPath()]
  const server = await serveLocal(hub, socketPath)
  await openPost(agent, hub.open, new Recorder())
  await assert.rejects(openPost(agent, localLink(socketPath), new Recorder()), /'agent-a@1' is already here/)
  const nameless = openPost('stranger' as typeof agent, localLink(socketPath), new Recorder())
  await assert.rejects(nameless, /'stranger' is no node's address/)
  await server.close()
})

test('when the server goes everything comes back; when it returns, traffic does', LIMIT, async () => {
  const socketPath = freshPath()
  const first = await serveLocal(memoryHub(), socketPath)
  const heard = new Recorder()
  const guest = await openPost(agent, localLink(socketPath), heard)
  guest.watch(nodeAddress('master', 'old', '1'))
  await heard.until(({ dead }) => dead.length === 1)
  await first.close()
  await heard.until(({ states }) => states.includes('disconnected'))
  guest.send(master, ['lost'])
  await heard.until(({ returned }) => returned.length === 1)
  assert.equal(heard.returned[0]?.reason, 'disconnected')

  const hub = memoryHub()
  const inside = new Recorder()
  await openPost(master, hub.open, inside)
  const second = await serveLocal(hub, socketPath)
  await heard.until(({ states }) => states.at(-1) === 'connected')
  guest.send(master, ['again'])
  await inside.until(({ envelopes }) => envelopes.length === 1)
  await guest.close()
  await second.close()
})

test('somebody who speaks no packets is cut off, the others are not', LIMIT, async () => {
  const [hub, socketPath] = [memoryHub(), freshPath()]
  const server = await serveLocal(hub, socketPath)
  const inside = new Recorder()
  await openPost(master, hub.open, inside)
  const guest = await openPost(agent, localLink(socketPath), new Recorder())
  for (const noise of ['GET / HTTP/1.1\r\n\r\n', '\0\0\0\x03\x04\0\0', '\0\0\0\x04\x01\xff\xff\0']) {
    const stranger = connect(socketPath)
    stranger.on('error', () => undefined)
    stranger.write(Buffer.from(noise, 'latin1'))
    await once(stranger, 'close')
  }
  guest.send(master, ['still here'])
  await inside.until(({ envelopes }) => envelopes.length === 1)
  await guest.close()
  await server.close()
})

test('packets are read the same however their bytes arrive', () => {
  const stream = Buffer.from('00000005040002616200000006040001780102', 'hex')
  for (let step = 1; step <= stream.length; step++) {
    const seen: string[] = []
    const reader = new PacketReader(({ kind, address, body }) => {
      seen.push(`${kind} ${address} ${body.join()}`)
    })
    for (let at = 0; at < stream.length; at += step) reader.push(stream.subarray(at, at + step))
    assert.deepEqual(seen, ['4 ab ', '4 x 1,2'])
  }
})
