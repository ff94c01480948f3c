import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../infra/cli/failure.js'
import {
  logOptions, nameOr, nodeNameOf, parseIp, parsePort, parseWeights, RESOURCES_OPTION, ATTRIBUTES_OPTION,
} from '../../../infra/cli/node-options.js'

const level = (text: string) => logOptions('info')[0]?.parse?.(text)

/** Each: what reads it, the text, and what is said of it. */
const BAD: readonly (readonly [what: string, read: () => unknown, said: RegExp])[] = [
  ['a port that is no number', () => parsePort('http'), /--port 'http' is no port: write a number from 0 to/],
  ['a port beyond the last', () => parsePort('65536'), /--port '65536' is no port/],
  ['a negative port', () => parsePort('-1'), /is no port/],
  ['an address of the network', () => parseIp('0.0.0.0'), /no authentication yet: use 127\.0\.0\.1/],
  ['a name for an address', () => parseIp('localhost'), /--ip 'localhost' is no IP address: write 127/],
  ['a weight of nothing', () => parseWeights('web=0'), /--weights 'web=0': a weight is a number above 0/],
  ['a negative weight', () => parseWeights('web=-1'), /a weight is a number above 0/],
  ['a weight without a role', () => parseWeights('2'), /--weights '2': write ROLE=WEIGHT/],
  ['a role that is none', () => parseWeights('a b=2'), /'a b' is no role/],
  ['resources with a unit', () => RESOURCES_OPTION.parse?.('mem:4GB'), /'mem:4GB': .*write mem:4096/],
  ['resources without a value', () => RESOURCES_OPTION.parse?.('cpus'), /write name:value, such as cpus:4/],
  ['a resource that is mistyped', () => RESOURCES_OPTION.parse?.('cpu:1;memory:512'),
    /--resources 'cpu:1;memory:512': 'cpu' is no resource of its own here; did you mean 'cpus'\?$/],
  ['attributes without a value', () => ATTRIBUTES_OPTION.parse?.('rack'), /'rack': .*such as rack:r1/],
  ['a level that is none', () => level('loud'), /--log-level 'loud' is none of debug, info, warn, error/],
  ['a name that cannot be routed', () => nameOr('a b'), /--name 'a b' is no node name/],
  ['an empty name', () => nameOr(''), /is no node name/],
]

for (const [what, read, said] of BAD) {
  test(`${what} is refused as wrong usage, with the fix`, () => {
    assert.throws(read, (error) => {
      assert.ok(error instanceof Failure && error.exitCode === 2)
      assert.match(error.message, said)
      return true
    })
  })
}

test('resources may have names that nobody has heard of', () => {
  assert.deepEqual(RESOURCES_OPTION.parse?.('cpus:1;licences:2;slots:3'),
    { scalars: { cpus: 1_000, licences: 2_000, slots: 3_000 }, ranges: {}, sets: {} })
})

test('weights are read by role', () => {
  assert.deepEqual([...parseWeights('web=2, batch=0.5,*=1')], [['web', 2], ['batch', 0.5], ['*', 1]])
})

test('loopback addresses and every port are taken', () => {
  assert.deepEqual(['127.0.0.1', '127.8.8.8', '::1'].map(parseIp), ['127.0.0.1', '127.8.8.8', '::1'])
  assert.deepEqual(['0', '5050', '65535'].map(parsePort), [0, 5050, 65_535])
})

test('a name that a machine has becomes one that a node may have', () => {
  assert.equal(nodeNameOf('my machine.local'), 'my-machine.local')
  assert.equal(nodeNameOf('日本'), '-')
  assert.equal(nodeNameOf(''), 'unnamed')
  assert.equal(nameOr(undefined, 'a/b'), 'a-b')
  assert.equal(nameOr('web-1'), 'web-1')
})
