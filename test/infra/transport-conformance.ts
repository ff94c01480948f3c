/**
 * Transport conformance: what every link must keep, in the same words for each of them.
 *
 * Whoever builds on a transport builds on these sentences, not on a broker.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { groupAddress, nodeAddress, type NodeAddress, type NodeKind } from '../../runtime/address.js'
import type { Transport } from '../../runtime/transport.js'
import { INBOUND_BYTES_MAX } from '../../infra/codec.js'
import { frameOf } from '../../infra/frame.js'
import type { Link, OpenLink } from '../../infra/link.js'
import { openPost } from '../../infra/post.js'
import { Recorder } from '../support/recorder.js'
import { nodeConformance } from './node-conformance.js'

export interface Wire {
  readonly openLink: OpenLink
  /** Starts a node that can be killed without a word, preferably a process of its own. */
  startVictim(self: NodeAddress): Promise<{ kill(): void }>
  stop(): Promise<void>
}

interface Node {
  readonly self: NodeAddress
  readonly heard: Recorder
  readonly transport: Transport
}

const LIMIT = { timeout: 60_000 }
const MEGABYTE = 1_048_576
let lives = 0

const address = (kind: NodeKind, name = 'a'): NodeAddress => nodeAddress(kind, name, `life${++lives}`)

export function transportConformance(start: () => Promise<Wire>): void {
  let wire: Wire
  const open: (() => Promise<void>)[] = []
  before(async () => {
    wire = await start()
  })
  after(async () => {
    for (const close of open) await close()
    await wire.stop()
  })

  async function join(kind: NodeKind, name?: string): Promise<Node> {
    const self = address(kind, name)
    const heard = new Recorder()
    const transport = await openPost(self, wire.openLink, heard)
    open.push(() => transport.close())
    return { self, heard, transport }
  }

  async function pair(): Promise<[Node, Node]> {
    return [await join('master'), await join('agent')]
  }

  orderAndSize(pair)
  groups(join)
  deaths(join, pair, () => wire)
  hostility(join, () => wire)
  nodeConformance(() => wire.openLink)
}

function orderAndSize(pair: () => Promise<[Node, Node]>): void {
  test('what one node sends another arrives in order, once, also across batches', LIMIT, async () => {
    const [master, agent] = await pair()
    for (let burst = 0; burst < 100; burst++) {
      for (let i = 0; i < 100; i++) agent.transport.send(master.self, [burst * 100 + i])
      await new Promise(setImmediate)
    }
    await master.heard.until(({ envelopes }) => envelopes.length >= 10_000)
    agent.transport.send(master.self, ['last'])
    await master.heard.until(({ envelopes }) => envelopes.length > 10_000)
    assert.deepEqual(master.heard.envelopes, [...Array.from({ length: 10_000 }, (_, i) => [i]), ['last']])
    assert.deepEqual(agent.heard.returned, [])
  })

  test('both directions are open at once', LIMIT, async () => {
    const [master, agent] = await pair()
    for (let i = 0; i < 500; i++) {
      master.transport.send(agent.self, ['down', i])
      agent.transport.send(master.self, ['up', i])
    }
    await agent.heard.until(({ envelopes }) => envelopes.length === 500)
    await master.heard.until(({ envelopes }) => envelopes.length === 500)
    assert.deepEqual(agent.heard.envelopes.at(-1), ['down', 499])
    assert.deepEqual(master.heard.envelopes.at(-1), ['up', 499])
  })

  test('plain data of every shape arrives as it was, and a megabyte of bytes with it', LIMIT, async () => {
    const [master, agent] = await pair()
    const body = new Uint8Array(MEGABYTE).map((_, i) => i * 31)
    const sent = [1, -1.5, 'text é 兔', null, true, [], { key: ['value'] }, 1_790_000_000_000, body]
    agent.transport.send(master.self, sent)
    agent.transport.send(master.self, ['small'])
    await master.heard.until(({ envelopes }) => envelopes.length === 2)
    assert.deepEqual(master.heard.envelopes, [sent, ['small']])
  })

  test('an envelope beyond the limit is given back, and its neighbours still arrive', LIMIT, async () => {
    const [master, agent] = await pair()
    const huge = ['x'.repeat(INBOUND_BYTES_MAX)]
    agent.transport.send(master.self, ['before'])
    agent.transport.send(master.self, huge)
    agent.transport.send(master.self, ['after'])
    await master.heard.until(({ envelopes }) => envelopes.length === 2)
    assert.deepEqual(master.heard.envelopes, [['before'], ['after']])
    assert.deepEqual(agent.heard.returned, [{ to: master.self, envelopes: [huge], reason: 'oversized' }])
  })

  test('closing sends first what was queued', LIMIT, async () => {
    const [master, agent] = await pair()
    for (let i = 0; i < 1_000; i++) agent.transport.send(master.self, [i])
    await agent.transport.close()
    await master.heard.until(({ envelopes }) => envelopes.length === 1_000)
    agent.transport.send(master.self, ['too late'])
    await agent.heard.until(({ returned }) => returned.length === 1)
    assert.equal(agent.heard.returned[0]?.reason, 'disconnected')
  })
}

function groups(join: (kind: NodeKind, name?: string) => Promise<Node>): void {
  test('a group is every node of its kind, and no other', LIMIT, async () => {
    const master = await join('master')
    const agents = [await join('agent', 'g1'), await join('agent', 'g2')]
    const framework = await join('framework')
    master.transport.send(groupAddress('agent'), ['to agents'])
    master.transport.send(framework.self, ['to the framework'])
    for (const { heard } of agents) await heard.until(({ envelopes }) => envelopes.length === 1)
    await framework.heard.until(({ envelopes }) => envelopes.length === 1)
    assert.deepEqual(framework.heard.envelopes, [['to the framework']])
    assert.deepEqual(master.heard.returned, [])
  })

  test('what goes to a group and what goes to a member keep their order', LIMIT, async () => {
    const master = await join('master')
    const agent = await join('agent', 'ordered')
    for (let i = 0; i < 30; i++) master.transport.send(i % 3 ? agent.self : groupAddress('agent'), [i])
    await agent.heard.until(({ envelopes }) => envelopes.length === 30)
    assert.deepEqual(agent.heard.envelopes, Array.from({ length: 30 }, (_, i) => [i]))
  })

  test('executors and their agent reach each other; no other way leads to them', LIMIT, async () => {
    const [agent, executor] = [await join('agent', 'x'), await join('executor')]
    const [master, framework] = [await join('master'), await join('framework', 'x')]
    agent.transport.send(executor.self, ['launch'])
    executor.transport.send(agent.self, ['running'])
    await executor.heard.until(({ envelopes }) => envelopes.length === 1)
    await agent.heard.until(({ envelopes }) => envelopes.length === 1)
    const forbidden: [Node, Node][] =
      [[master, executor], [executor, master], [framework, agent], [agent, framework], [framework, executor]]
    for (const [from, to] of forbidden) {
      const before = from.heard.returned.length
      from.transport.send(to.self, ['not allowed'])
      await from.heard.until(({ returned }) => returned.length > before)
      assert.equal(from.heard.returned.at(-1)?.reason, 'no-such-node')
    }
  })
}

function deaths(
  join: (kind: NodeKind, name?: string) => Promise<Node>, pair: () => Promise<[Node, Node]>, wire: () => Wire,
): void {
  test('what is sent to a node that is not there comes back', LIMIT, async () => {
    const { heard, transport } = await join('agent')
    const nobody = address('master', 'nobody')
    transport.send(nobody, [1])
    transport.send(nobody, [2])
    await heard.until(({ returned }) => returned.flatMap(({ envelopes }) => envelopes).length === 2)
    assert.deepEqual(heard.returned.flatMap(({ envelopes }) => envelopes), [[1], [2]])
    for (const { to, reason } of heard.returned) assert.deepEqual([to, reason], [nobody, 'no-such-node'])
  })

  test('what was meant for an earlier life never reaches the next', LIMIT, async () => {
    const [master, agent] = await pair()
    await master.transport.close()
    const next = await join('master')
    agent.transport.send(master.self, ['to the dead'])
    agent.transport.send(next.self, ['to the living'])
    await agent.heard.until(({ returned }) => returned.length === 1)
    await next.heard.until(({ envelopes }) => envelopes.length === 1)
    assert.deepEqual(next.heard.envelopes, [['to the living']])
  })

  test('a watcher is told once when a node leaves; one that withdrew is not', LIMIT, async () => {
    const [master, agent] = await pair()
    const other = await join('master', 'other')
    master.transport.watch(agent.self)
    other.transport.watch(agent.self)
    other.transport.unwatch(agent.self)
    await agent.transport.close()
    await master.heard.until(({ dead }) => dead.length > 0)
    master.transport.send(agent.self, ['anyone?'])
    other.transport.send(agent.self, ['anyone?'])
    await master.heard.until(({ returned }) => returned.length > 0)
    await other.heard.until(({ returned }) => returned.length > 0)
    assert.deepEqual(master.heard.dead, [agent.self])
    assert.deepEqual(other.heard.dead, [])
  })

  test('a watcher is told when a node is killed without a word', LIMIT, async () => {
    const master = await join('master')
    const self = address('agent', 'victim')
    const victim = await wire().startVictim(self)
    master.transport.watch(self)
    victim.kill()
    await master.heard.until(({ dead }) => dead.length > 0)
    assert.deepEqual(master.heard.dead, [self])
  })

  test('watching a node that is not there tells so', LIMIT, async () => {
    const { heard, transport } = await join('agent')
    const nobody = address('master', 'nobody')
    transport.watch(nobody)
    await heard.until(({ dead }) => dead.length > 0)
    assert.deepEqual(heard.dead, [nobody])
  })
}

function hostility(join: (kind: NodeKind) => Promise<Node>, wire: () => Wire): void {
  test('bytes that are no frame are reported, and the next frame arrives', LIMIT, async () => {
    const master = await join('master')
    const noise: Link = await wire().openLink(address('agent', 'noise'), {
      frame() {}, forged() {}, undeliverable() {}, lost() {}, connection() {},
    })
    const frames = [
      Buffer.from('c1', 'hex'), Buffer.from('not msgpack'), Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
      Buffer.alloc(100_000, 0x91), Buffer.from([0x91, 0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]),
    ]
    for (const frame of frames) noise.send(master.self, frame)
    noise.send(master.self, frameOf([1]))
    await master.heard.until(({ envelopes }) => envelopes.length === 1)
    assert.deepEqual(master.heard.envelopes, [[1]])
    assert.equal(master.heard.refusals.length, frames.length)
    await noise.close()
  })
}
