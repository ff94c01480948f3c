import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lookFromEachOther } from '../../../infra/amqp/brokers-look.js'
import { withoutPassword } from '../../../infra/amqp/broker-urls.js'
import { sightCheck } from '../../../infra/doctor/broker-checks.js'
import { testBroker } from '../../support/broker.js'

// What sees each other is shown with a cluster of three, in `chaos/broker-cluster`.

const [one, other] = [testBroker(), testBroker()]

test('brokers that are parted do not see what the others have, and each is named', async () => {
  const sight = await lookFromEachOther([one.url, other.url], 'parted')
  const [first, second] = [one.url, other.url].map(withoutPassword)
  assert.deepEqual(sight, {
    brokers: 2, blind: [{ made: first, sought: second }, { made: second, sought: first }],
  })
  const [finding] = sightCheck(sight)
  assert.deepEqual([finding?.check, finding?.level], ['brokers', 'problem'])
  assert.match(finding?.fix ?? '', /rabbitmqctl cluster_status/)
})

test('two ways to one broker see the same, who cannot be reached is left out, and nothing is left behind', async () => {
  const again = new URL(one.url)
  again.searchParams.set('channelMax', '10')
  const sight = await lookFromEachOther([one.url, again.href, 'amqp://127.0.0.1:1/'], 'same')
  assert.deepEqual(sight, { brokers: 2, blind: [] })
  assert.match(sightCheck(sight)[0]?.says ?? '', /^all 2 see /)
  assert.doesNotMatch(await one.control('list_queues', 'name'), /same/)
})

test('one broker alone is no finding', async () => {
  assert.deepEqual(sightCheck(await lookFromEachOther([one.url], 'alone')), [])
})
