import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, type NodeAddress } from '../../runtime/address.js'
import { FRAME_BYTES_MAX } from '../../runtime/transport.js'
import { frameOf, readFrame } from '../../infra/frame.js'
import type { LinkListener, OpenLink } from '../../infra/link.js'
import { openPost, TURN_BYTES_MAX } from '../../infra/post.js'
import { Standing } from '../../infra/standing.js'
import { Recorder } from '../support/recorder.js'

const self = nodeAddress('agent', 'a', '1')
const master = nodeAddress('master', 'a', '1')
const other = nodeAddress('master', 'b', '1')

/** A link that keeps its frames. */
function ledger() {
  const frames: { to: NodeAddress; frame: Uint8Array }[] = []
  const told: { listener?: LinkListener } = {}
  const openLink: OpenLink = async (_, listener) => {
    told.listener = listener
    const vitals = () => new Standing(() => undefined).vitals()
    return { send: (to, frame) => frames.push({ to, frame }), watch() {}, unwatch() {}, vitals, async close() {} }
  }
  const sent = () => frames.map(({ to, frame }) => {
    const read = readFrame(frame)
    return [to, read.ok ? read.envelopes : assert.fail(read.reason)] as const
  })
  return { frames, openLink, sent, told }
}

const turn = () => new Promise(setImmediate)

test('the envelopes of one turn travel together, per destination', async () => {
  const { openLink, sent } = ledger()
  const transport = await openPost(self, openLink, new Recorder())
  transport.send(master, [1])
  transport.send(other, [2])
  transport.send(master, [3])
  assert.deepEqual(sent(), [])
  await turn()
  transport.send(master, [4])
  await turn()
  assert.deepEqual(sent(), [[master, [[1], [3]]], [other, [[2]]], [master, [[4]]]])
})

test('without batching each envelope has a frame of its own, in order', async () => {
  const { openLink, sent } = ledger()
  const transport = await openPost(self, openLink, new Recorder(), { batching: false })
  transport.send(master, [1])
  transport.send(other, [2])
  transport.send(master, [3])
  await turn()
  assert.deepEqual(sent(), [[master, [[1]]], [other, [[2]]], [master, [[3]]]])
})

test('a batch is closed before it would exceed the largest frame', async () => {
  const { frames, openLink, sent } = ledger()
  const transport = await openPost(self, openLink, new Recorder())
  for (let i = 0; i < 30; i++) transport.send(master, [i, 'x'.repeat(100_000)])
  await turn()
  assert.ok(frames.length >= 3)
  for (const { frame } of frames) assert.ok(frame.length <= FRAME_BYTES_MAX)
  const envelopes = sent().flatMap(([, batch]) => batch) as [number, string][]
  assert.deepEqual(envelopes.map(([i]) => i), Array.from({ length: 30 }, (_, i) => i))
})

test('frames of 1, 16 and 70,000 envelopes are all read back', async () => {
  for (const count of [1, 16, 70_000]) {
    const { openLink, sent } = ledger()
    const transport = await openPost(self, openLink, new Recorder())
    for (let i = 0; i < count; i++) transport.send(master, [i])
    await turn()
    assert.deepEqual(sent(), [[master, Array.from({ length: count }, (_, i) => [i])]])
  }
})

test('a group and its members are not reordered by batching', async () => {
  const { openLink, sent } = ledger()
  const transport = await openPost(self, openLink, new Recorder())
  for (let i = 0; i < 4; i++) transport.send(i % 2 ? groupAddress('master') : master, [i])
  await turn()
  assert.deepEqual(sent().map(([, envelopes]) => envelopes), [[[0]], [[1]], [[2]], [[3]]])
})

test('what cannot be packed is given back, after the call', async () => {
  const { frames, openLink } = ledger()
  const heard = new Recorder()
  const transport = await openPost(self, openLink, heard)
  const circular: unknown[] = []
  circular.push(circular)
  transport.send(master, circular)
  transport.send(master, [new Float64Array(2)])
  transport.send(master, [new Date(0)])
  assert.equal(heard.returned.length, 0)
  await turn()
  assert.deepEqual(heard.returned.map(({ reason }) => reason), ['oversized', 'oversized', 'oversized'])
  assert.equal(frames.length, 0)
})

test('one turn produces no more than its limit', async () => {
  const { frames, openLink } = ledger()
  const heard = new Recorder()
  const transport = await openPost(self, openLink, heard)
  const envelope = ['x'.repeat(2_000_000)]
  for (let bytes = 0; bytes < TURN_BYTES_MAX + 4_000_000; bytes += 2_000_000) transport.send(master, envelope)
  await turn()
  assert.ok(heard.returned.length > 0)
  assert.deepEqual(new Set(heard.returned.map(({ reason }) => reason)), new Set(['outbox-full']))
  assert.ok(frames.reduce((sum, { frame }) => sum + frame.length, 0) <= TURN_BYTES_MAX + 1_000)
})

test('a frame that comes back is reported by its envelopes', async () => {
  const { frames, openLink, told } = ledger()
  const heard = new Recorder()
  const transport = await openPost(self, openLink, heard)
  transport.send(master, [1])
  transport.send(master, [2])
  await turn()
  const frame = frames[0]?.frame ?? assert.fail('no frame')
  told.listener?.undeliverable(master, frame, 'disconnected')
  assert.deepEqual(heard.returned, [{ to: master, envelopes: [[1], [2]], reason: 'disconnected' }])
})

test('the receiver is told nothing before the transport is in hand', async () => {
  const { openLink } = ledger()
  const heard = new Recorder()
  const eager: OpenLink = async (node, listener) => {
    listener.frame(frameOf([1]))
    return openLink(node, listener)
  }
  await openPost(self, eager, heard)
  assert.deepEqual(heard.envelopes, [])
  await turn()
  assert.deepEqual(heard.envelopes, [[1]])
})

test('of a frame from a proven sender, what names another as its sender is forged; the rest arrives', async () => {
  const { openLink, told } = ledger()
  const heard = new Recorder()
  await openPost(self, openLink, heard)
  await turn()
  const from = (sender: unknown) => [`${self}/agent`, sender, 1, 1]
  const envelopes = [
    from('master-m@x/master'), from(null), from('master-m2@x/master'), from('master-m'), from('agent-a@x/agent'),
  ]
  const frame = frameOf(...envelopes)
  told.listener?.frame(frame, 'master-m@')
  assert.deepEqual(heard.envelopes, envelopes.slice(0, 2))
  assert.deepEqual(heard.forgeries, ['master-m2@x/master', 'master-m', 'agent-a@x/agent']
    .map((claimed) => `it says to be from '${claimed}', and came from 'master-m@'`))
  told.listener?.frame(frame)
  assert.equal(heard.envelopes.length, 2 + envelopes.length, 'where nobody can prove it, everybody is believed')
})
