import { test } from 'node:test'
import { CONNECT_TIMEOUT_MS, HEARTBEAT_SECONDS } from '../../../infra/amqp/connection.js'
import { openLogStream } from '../../../infra/amqp/log-stream.js'
import { openTokenElection } from '../../../infra/amqp/token-election.js'
import { accounts, type ClusterWithRights, clusterWithRights } from '../../support/broker-users.js'
import { testBroker } from '../../support/broker.js'
import { Candidate } from '../election-conformance.js'
import { beat, LogReader } from '../stream-conformance.js'

// What nobody else may do with these is in `intruder.test.ts`.

const LIMIT = { timeout: 60_000 }
let cluster: ClusterWithRights
testBroker({
  management: true,
  prepare: async (broker) => {
    cluster = await clusterWithRights(broker, 'c', accounts('master', 'm'))
  },
})

test('a master may do with the log and the token what it needs, as its own user', LIMIT, async (t) => {
  const urls = [cluster.urlOf('master-m')]
  const common = {
    urls, cluster: 'c', name: 'master-m', connectTimeoutMs: CONNECT_TIMEOUT_MS, heartbeatSeconds: HEARTBEAT_SECONDS,
  }
  const reader = await LogReader.of(t, 'c', async (within, _log, tell) => {
    const stream = await openLogStream({ ...common, tell })
    within.after(() => stream.close())
    return stream.handle
  })
  reader.read('recent')
  reader.add(beat(1))
  await reader.until(({ entries }) => entries.length === 1)
  reader.trim(0)
  reader.read(0)
  await reader.until(({ entries }) => entries.length === 1)
  const candidate = await Candidate.of('c', async (name, tell) => {
    const election = await openTokenElection({ ...common, cluster: name, tell })
    return { handle: election.handle, end: () => election.close() }
  })
  candidate.campaign()
  await candidate.hears('token-taken')
  candidate.ask('renew')
  await candidate.hears('token-renewed')
  await candidate.end()
})
