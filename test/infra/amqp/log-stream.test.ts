import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { apply, newCluster } from '../../../actors/master/cluster.js'
import { SnapshotMaking } from '../../../actors/master/snapshot-making.js'
import type { AgentOwnerEvent } from '../../../actors/agent/state.js'
import type { AgentView, OperatorAnswer } from '../../../actors/protocol/operator.js'
import { LOG_FORMAT, type LogEntry } from '../../../actors/protocol/log-entry.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import { NONE } from '../../../actors/resources/resources.js'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS } from '../../../infra/amqp/connection.js'
import { openLogStream, type LogStreamOptions } from '../../../infra/amqp/log-stream.js'
import { openTokenElection } from '../../../infra/amqp/token-election.js'
import { amqpLog } from '../../../infra/amqp/masters-log.js'
import { memoryHub } from '../../../infra/memory/link.js'
import { openAgentNode } from '../../../infra/node/agent-node.js'
import { openMasterNode, type MasterNode } from '../../../infra/node/master-node.js'
import { agentInfo } from '../../actors/master/desk.js'
import { testBroker } from '../../support/broker.js'
import { temporaryDirectory } from '../agent/temporary.js'
import { beat, LogReader, type OpenStream } from '../stream-conformance.js'
import { Intruder } from './intruder.js'

const LIMIT = { timeout: 60_000 }
const SMALL = { bytes: 100_000, segmentBytes: 25_000 }
const broker = testBroker()
const connecting = { connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS, name: 'master-m' }
const quiet = { log: () => undefined }

const opening = (more: Partial<LogStreamOptions> = {}): OpenStream => async (t, cluster, tell) => {
  const stream = await openLogStream({ ...connecting, urls: [broker.url], cluster, tell, ...more })
  t.after(() => stream.close())
  return stream.handle
}

/**
 * Writes a history of a few agents that change all the time, with a snapshot before its last fifth.
 * @returns where the snapshot begins: the broker uses positions of its own
 */
async function writeHistory(writer: LogReader, decisions: number): Promise<number> {
  const cluster = newCluster()
  const claim = { epoch: 7, nonce: 'n', master: 'm0' }
  const { epoch, nonce } = claim
  let written = 0
  const flushed = () => writer.until(({ entries }) => entries.length === written)
  const add = (entry: LogEntry): void => {
    writer.add(entry)
    written++
  }
  const decide = (seq: number): void => {
    const info = { ...agentInfo(), hostname: `host-of-${seq}-${'x'.repeat(100)}` }
    const record: LogRecord = { type: 'agent-admitted', agentId: `w-S${seq % 10}` as never, info, atMs: seq }
    apply(cluster, record)
    add({ type: 'log-decided', epoch, nonce, seq, records: [record] })
  }
  const decideUntil = async (first: number, last: number): Promise<void> => {
    for (let seq = first; seq <= last; seq++) {
      decide(seq)
      if (seq % 100 === 0) await flushed()
    }
  }
  writer.read(0)
  add({ type: 'log-founded', clusterId: 'c1', cluster: 'kept', prefix: 'w', format: LOG_FORMAT })
  add({ type: 'log-claimed', ...claim })
  apply(cluster, { type: 'genesis', cluster: 'kept', prefix: 'w', clusterId: 'c1' })
  apply(cluster, { type: 'leadership-claimed', ...claim })
  const cut = Math.floor(decisions * 0.8)
  await decideUntil(1, cut)
  const place = { epoch, nonce, snapshot: 1 }
  const making = new SnapshotMaking(cluster, 1)
  add({ type: 'log-snapshot-begun', ...place, seq: cut, clusterId: 'c1', epochSeen: epoch, format: LOG_FORMAT })
  await flushed()
  const position = writer.positions.at(-1) ?? -1
  let seq = cut
  for (let piece = making.next(), part = 1; piece; piece = making.next(), part++) {
    add({ type: 'log-snapshot-part', ...place, part, ...piece })
    decide(++seq)
  }
  add({ type: 'log-snapshot-ended', ...place, position, ...making.result })
  await decideUntil(seq + 1, decisions)
  await flushed()
  return position
}

async function agentsKnownTo(node: MasterNode, last: string): Promise<readonly AgentView[]> {
  for (;;) {
    const answer = await node.system.ask<{ type: 'list'; what: 'agents'; replyTo: never }, OperatorAnswer>(
      node.master as never, (replyTo) => ({ type: 'list', what: 'agents', replyTo: replyTo as never }), 5_000)
    const agents = answer?.type === 'views' ? answer.views as readonly AgentView[] : []
    // What was decided behind the snapshot comes after it.
    if (agents.some(({ hostname }) => hostname.startsWith(last))) return agents
  }
}

for (const how of ['a beat names', 'only its end names'] as const) {
  test(`where retention has taken the beginning, a master begins with the snapshot that ${how}`, LIMIT, async (t) => {
    const name = how === 'a beat names' ? 'beaten' : 'ended'
    const writer = await LogReader.of(t, name, opening({ retention: SMALL }))
    const position = await writeHistory(writer, 1_000)
    if (how === 'a beat names') {
      const last = writer.positions.at(-1)
      writer.add({ type: 'log-beat', epoch: 7, nonce: 'n', snapshot: position })
      await writer.until(({ positions }) => positions.at(-1) !== last)
    }
    const late = await LogReader.of(t, name, opening({ retention: SMALL }))
    late.read(0)
    await late.until(({ positions }) => positions.at(-1) === writer.positions.at(-1))
    const [first = 0] = late.positions
    assert.ok(first > 0 && first <= position, `entries before ${first} are gone, the snapshot is there`)

    const common = { ...connecting, urls: [broker.url], cluster: name }
    const node = await openMasterNode({
      cluster: name, name: 'm', logger: quiet, openLink: memoryHub().open,
      openLog: async (tell) => {
        const stream = await openLogStream({ ...common, tell, retention: SMALL })
        const election = await openTokenElection({ ...common, tell })
        const close = async () => { await Promise.all([election.close(), stream.close()]) }
        return { stream: stream.handle, election: election.handle, close }
      },
    })
    t.after(() => node.close())
    await node.begin()
    const agents = await agentsKnownTo(node, 'host-of-1000-')
    const newest = agents.map(({ hostname }) => Number(hostname.split('-')[2])).sort((a, b) => a - b)
    assert.deepEqual(newest, Array.from({ length: 10 }, (_, index) => 991 + index))
    await writer.until((reader) => reader.entries.some((entry) => entry.type === 'log-beat' && entry.epoch > 7))
  })
}

test('a log of before there were limits is used as it is, and its operator told how to have it shortened', LIMIT,
  async (t) => {
    const intruder = await Intruder.as(broker.url)
    t.after(() => intruder.close())
    await intruder.tries((ch) => ch.assertQueue('older.registry', { arguments: { 'x-queue-type': 'stream' } }))
    const warned: string[] = []
    const reader = await LogReader.of(t, 'older', opening({ warn: (text) => void warned.push(text) }))
    reader.read('recent')
    reader.add(beat(1))
    await reader.until(({ entries }) => entries.length === 1)
    assert.match(String(warned[0]), /set_policy .*older-log '\^older\\\.registry\$' '\{"max-length-bytes":\d+\}'/)
  })

test('a log that a newer Warren has written is unreadable from there on, and says why', LIMIT, async (t) => {
  const reader = await LogReader.of(t, 'newer', opening())
  reader.add(beat(1))
  const intruder = await Intruder.as(broker.url)
  t.after(() => intruder.close())
  // An entry of tag 900, without fields.
  await intruder.tries(async (ch) => ch.publish('newer.masters', 'log', Buffer.from([0x92, 0xcd, 0x03, 0x84, 0x90])))
  reader.read(0)
  await reader.until(({ events }) => events.some(({ type }) => type === 'stream-unreadable'))
  const last = reader.events.at(-1)
  assert.ok(last?.type === 'stream-unreadable')
  assert.match(last.reason, /unknown kind 900: it was written by a newer Warren/)
})

test('who reads a stream that is made anew with fewer entries is told so, and reads what stands there now', LIMIT,
  async (t) => {
    const reader = await LogReader.of(t, 'shortened', opening())
    reader.read(0)
    reader.add(...Array.from({ length: 20 }, (_, number) => beat(number)))
    await reader.until(({ entries }) => entries.length === 20)
    await broker.control('delete_queue', 'shortened.registry')
    await reader.until(({ isInterrupted }) => isInterrupted)
    reader.read('recent')
    const other = await LogReader.of(t, 'shortened', opening())
    other.add(beat(100), beat(101))
    // The broker may have stored them one by one, and then only the second is near the end.
    await reader.until(({ positions }) => positions.at(-1) === 1)
    assert.deepEqual(reader.positions, [0, 1].slice(-reader.positions.length))
    assert.deepEqual(reader.entries, reader.positions.map((position) => beat(100 + position)))
  })

test('a connection that is lost interrupts reading, which goes on when it is asked for', LIMIT, async (t) => {
  const reader = await LogReader.of(t, 'interrupted', opening())
  reader.read(0)
  reader.add(beat(0), beat(1))
  await reader.until(({ entries }) => entries.length === 2)
  await broker.control('close_all_connections', 'a test')
  await reader.until(({ isInterrupted }) => isInterrupted)
  reader.read(1)
  await reader.until(({ entries }) => entries.length === 1)
  assert.deepEqual([reader.positions, reader.entries], [[1], [beat(1)]])
})

test('agents refuse a log that was made anew in the place of theirs, and end nothing', LIMIT, async (t) => {
  const hub = memoryHub()
  const master = async (name: string): Promise<MasterNode> => {
    const openLog = amqpLog([broker.url], 'anew', `master-${name}`)
    const node = await openMasterNode({ cluster: 'anew', name, logger: quiet, openLink: hub.open, openLog })
    await node.begin()
    return node
  }
  const heard: AgentOwnerEvent[] = []
  const waiting: (() => void)[] = []
  const until = async (type: AgentOwnerEvent['type']): Promise<void> => {
    while (heard.at(-1)?.type !== type) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const first = await master('m1')
  const agent = await openAgentNode({
    name: 'a', cluster: 'anew', workDir: join(temporaryDirectory(t), 'a'), resources: NONE, attributes: {},
    openLink: hub.open, logger: quiet, modules: { program: () => ({ argv: [] }), environment: () => ({}) },
    standing(event) {
      heard.push(event)
      for (const wake of waiting.splice(0)) wake()
    },
  })
  t.after(() => agent.abandon())
  await until('registered')
  await first.close()
  await broker.control('delete_queue', 'anew.registry')
  const second = await master('m2')
  t.after(() => second.close())
  await until('refused')
  const refused = heard.at(-1)
  assert.ok(refused?.type === 'refused')
  assert.match(refused.problem, /cluster 'anew' \(id \w+\) is not that of this agent.*'anew' \(id \w+\).*restore/)
})
