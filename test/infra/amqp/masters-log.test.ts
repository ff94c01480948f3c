import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS } from '../../../infra/amqp/connection.js'
import { openLogStream } from '../../../infra/amqp/log-stream.js'
import { openTokenElection } from '../../../infra/amqp/token-election.js'
import { testBroker } from '../../support/broker.js'
import { Candidate, electionConformance, type OpenElection } from '../election-conformance.js'
import { beat, LogReader, streamConformance, type OpenStream } from '../stream-conformance.js'

const LIMIT = { timeout: 60_000 }
const connecting = { connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS }
const broker = testBroker({
  // What is declared in the very moment of a kill RabbitMQ may forget by half; who stops in order forgets nothing.
  async prepare(started) {
    const common = { ...connecting, urls: [started.url], name: 'master-m', tell: () => undefined }
    const log = await openLogStream({ ...common, cluster: 'outlives' })
    const election = await openTokenElection({ ...common, cluster: 'single' })
    await Promise.all([log.close(), election.close()])
    await started.control('stop_app')
    await started.control('start_app')
  },
})

const openStream: OpenStream = async (t, cluster, tell) => {
  const stream = await openLogStream({ ...connecting, urls: [broker.url], cluster, name: 'master-m', tell })
  t.after(() => stream.close())
  return stream.handle
}
const openElection: OpenElection = async (cluster, tell) => {
  const election = await openTokenElection({ ...connecting, urls: [broker.url], cluster, name: 'master-m', tell })
  return { handle: election.handle, end: () => election.close() }
}

streamConformance(openStream)
electionConformance(openElection)

test('a log outlives its broker, and is read on from where the reader stood', LIMIT, async (t) => {
  const reader = await LogReader.of(t, 'outlives', openStream)
  reader.read(0)
  reader.add(...Array.from({ length: 20 }, (_, number) => beat(number)))
  await reader.until(({ entries }) => entries.length === 20)
  await broker.kill()
  await broker.start()
  await reader.until(({ isInterrupted }) => isInterrupted)
  reader.read(19)
  // What is added while the writer is away is lost: it is added until it is read.
  const again = setInterval(() => reader.add(beat(20)), 20)
  await reader.until(({ entries }) => entries.length > 1)
  clearInterval(again)
  assert.deepEqual(reader.positions, reader.positions.map((_, index) => 19 + index))
  assert.deepEqual(reader.entries.slice(0, 2), [beat(19), beat(20)])
})

test('the token outlives its broker: who had it is told that it is gone, and one has it again', LIMIT, async () => {
  const [one, two] = [await Candidate.of('single', openElection), await Candidate.of('single', openElection)]
  one.campaign()
  await one.hears('token-taken')
  two.campaign()
  await broker.kill()
  await one.hears('token-gone')
  await broker.start()
  const [holder] = await Promise.race([one, two].map(async (candidate) => {
    await candidate.hears('token-taken')
    return [candidate]
  }))
  holder?.ask('renew')
  await holder?.hears('token-renewed')
  await Promise.all([one.end(), two.end()])
})

test('a token that was lost with its queue is seeded by whoever comes next', LIMIT, async () => {
  const first = await Candidate.of('lost', openElection)
  await broker.control('delete_queue', 'lost.token')
  const next = await Candidate.of('lost', openElection)
  next.campaign()
  await next.hears('token-taken')
  await Promise.all([first.end(), next.end()])
})

test('a token whose exchange was deleted is renewed again: all that it needs is declared anew', LIMIT, async () => {
  const holder = await Candidate.of('unbound', openElection)
  holder.campaign()
  await holder.hears('token-taken')
  const exchange = 'rabbit_misc:r(<<"/">>, exchange, <<"unbound.masters">>)'
  await broker.control('eval', `rabbit_exchange:delete(${exchange}, false, <<"test">>).`)
  holder.ask('renew')
  await holder.hears('token-gone')
  await holder.hears('token-taken')
  // What is asked before all is declared is not heard: a master asks again and again.
  const again = setInterval(() => holder.ask('renew'), 20)
  await holder.hears('token-renewed')
  clearInterval(again)
  await holder.end()
})
