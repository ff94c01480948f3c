import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookAtBroker } from '../../../infra/amqp/broker-look.js'
import { brokerChecks } from '../../../infra/doctor/broker-checks.js'
import { testBroker } from '../../support/broker.js'
import { accounts, clusterWithRights } from '../../support/broker-users.js'

const broker = testBroker({ management: true })

/** Hears nothing. */
const QUIET = {
  frame: () => undefined, forged: () => undefined, lost: () => undefined, connection: () => undefined,
  undeliverable: () => undefined,
}

const checksOf = async (url: string, cluster: string) =>
  brokerChecks(await lookAtBroker([url], cluster).catch((error: Error) => error), cluster)
const levelsOf = (findings: Awaited<ReturnType<typeof checksOf>>) =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]))

test('a broker that is not there, or refuses the password, is a problem in words', async () => {
  const [absent] = await checksOf('amqp://guest:secret@127.0.0.1:1/', 'c')
  assert.deepEqual([absent?.check, absent?.level], ['broker', 'problem'])
  assert.match(absent?.says ?? '', /nobody listens there/)
  const wrong = new URL(broker.url)
  wrong.password = 'wrong'
  const [refused] = await checksOf(wrong.href, 'c')
  assert.match(absent?.fix ?? '', /rabbitmq-diagnostics -q ping/)
  assert.match(refused?.says ?? '', /refused the user or password/)
  assert.match(refused?.fix ?? '', /`rabbitmqctl list_users` says .* `rabbitmqctl authenticate_user guest` asks /)
  assert.ok(!JSON.stringify([absent, refused]).includes('secret'))
})

test('a user who may do everything is well, and nothing is left behind', async () => {
  const findings = await checksOf(broker.url, 'fresh')
  assert.deepEqual(levelsOf(findings), {
    broker: 'well', 'broker version': 'well', rights: 'well', streams: 'well', cluster: 'well',
  })
  assert.match(findings.at(-1)?.says ?? '', /no node of cluster 'fresh' has been at this broker yet/)
  const left = await Promise.all([broker.control('list_queues', 'name'), broker.control('list_exchanges', 'name')])
  assert.ok(!left.join('').includes('fresh'), left.join('\n'))
})

test('a user without rights cannot join, and is told what the broker refused', async () => {
  await broker.control('add_user', 'poor', 'poor')
  await broker.control('set_permissions', 'poor', '^$', '^$', '^$')
  const url = new URL(broker.url)
  url.username = 'poor'
  url.password = 'poor'
  const findings = await checksOf(url.href, 'c')
  assert.deepEqual(levelsOf(findings), {
    broker: 'well', 'broker version': 'well', rights: 'problem', sending: 'problem', streams: 'problem',
  })
  const rights = findings.find(({ check }) => check === 'rights')
  assert.match(rights?.says ?? '', /^user 'poor' may not join cluster 'c': .*refused/i)
  assert.match(rights?.fix ?? '', /warren broker setup/)
})

test('with a user for each node each has exactly what it needs', async () => {
  const cluster = 'righted'
  const { urlOf, link } = await clusterWithRights(broker, cluster,
    [...accounts('master', 'm1'), ...accounts('agent', 'a1'), ...accounts('framework', 'f1')])
  const { nodeAddress } = await import('../../../runtime/address.js')
  const opened = await link()(nodeAddress('master', 'm1', 'life'), QUIET as never)
  try {
    for (const [user, streams] of [['master-m1', 'well'], ['agent-a1', undefined], ['framework-f1', undefined]]) {
      const levels = levelsOf(await checksOf(urlOf(String(user)), cluster))
      assert.deepEqual([levels['rights'], levels['sending'], levels['streams']], ['well', 'well', streams], user)
    }
    const other = levelsOf(await checksOf(urlOf('agent-a1'), 'another'))
    assert.equal(other['rights'], 'problem', 'the user of another cluster')
  } finally {
    await opened.close()
  }
})

test('a broker that is low on memory takes no messages, and is told so', async (t) => {
  const cluster = 'needy'
  const { link } = await clusterWithRights(broker, cluster, accounts('master', 'm1'))
  const { nodeAddress } = await import('../../../runtime/address.js')
  const opened = await link()(nodeAddress('master', 'm1', 'life'), QUIET as never)
  t.after(() => opened.close())
  t.after(() => broker.control('set_vm_memory_high_watermark', '0.6'))
  const url = new URL(broker.url)
  url.pathname = cluster
  await broker.control('set_permissions', '-p', cluster, decodeURIComponent(url.username), '.*', '.*', '.*')
  assert.equal(levelsOf(await checksOf(url.href, cluster))['room'], undefined)
  await broker.control('set_vm_memory_high_watermark', '0.00001')
  const findings = await checksOf(url.href, cluster)
  const room = findings.find(({ check }) => check === 'room')
  assert.match(room?.says ?? '', /^the broker takes no messages now: low on memory/)
})
