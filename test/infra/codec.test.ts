import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode, INBOUND_BYTES_MAX } from '../../infra/codec.js'

const bytesOf = (items: readonly unknown[]): Uint8Array => encode(items) ?? assert.fail('not packed')

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null), fc.boolean(), fc.string({ unit: 'binary' }), fc.integer(),
    fc.double({ noNaN: true }).map((number) => number + 0), fc.maxSafeInteger(),
    fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    fc.array(tie('value'), { maxLength: 20 }),
  ),
})).value

test('plain data is read back as it was', () => {
  fc.assert(fc.property(fc.array(fc.array(plain), { maxLength: 40 }), (items) => {
    assert.deepEqual(decode(bytesOf(items)), { ok: true, items })
  }))
})

test('minus zero is read back as zero, wherever it stands', () => {
  assert.deepEqual(decode(bytesOf([-0, [1, -0]])), { ok: true, items: [0, [1, 0]] })
})

test('no bytes whatsoever make decoding throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
    assert.equal(typeof decode(noise).ok, 'boolean')
  }), { numRuns: 2_000 })
})

test('a frame with one byte changed is read or refused, never thrown', () => {
  const good = bytesOf([1, 'agent-1@x', 'master-1@y', [2, ['task', 1_790_000_000_000]], new Uint8Array(40)])
  fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
    const bad = Uint8Array.from(good)
    bad[at] = value
    assert.equal(typeof decode(bad).ok, 'boolean')
  }), { numRuns: 2_000 })
})

const REFUSED: [string, Uint8Array][] = [
  ['a record definition, which would generate code', Buffer.from('91d4724091a16101', 'hex')],
  ['a two-byte record definition', Buffer.from('91d572400191a16101', 'hex')],
  ['a date', Buffer.from('91d6ff00000001', 'hex')],
  ['a set', Buffer.from('91d473009101', 'hex')],
  ['an error', Buffer.from('91d4650092a0a0', 'hex')],
  ['a regular expression', Buffer.from('91d4780092a161a0', 'hex')],
  ['a typed array', Buffer.from('91c705740100000000', 'hex')],
  ['a pointer', Buffer.from('91d67000000001', 'hex')],
  ['a thing that is no array', Buffer.from('01', 'hex')],
  ['bytes behind its end', Buffer.from('9001', 'hex')],
  ['nothing', new Uint8Array(0)],
  ['arrays too deep', Buffer.alloc(1_000_000, 0x91)],
  ['more bytes than are read', new Uint8Array(INBOUND_BYTES_MAX + 1)],
]

for (const [what, bytes] of REFUSED) {
  test(`a frame of ${what} is refused`, () => assert.equal(decode(bytes).ok, false))
}

test('what is no plain data is not packed', () => {
  const circular: unknown[] = []
  circular.push(circular)
  for (const value of [circular, new Float64Array(1), new Uint16Array(1), new Date(), new Set(), /x/]) {
    assert.equal(encode([value]), undefined)
  }
})

test('decoded bytes share no memory with their frame', () => {
  const sent = bytesOf([new Uint8Array([1, 2, 3])])
  const decoded = decode(sent)
  sent.fill(0)
  assert.deepEqual(decoded, { ok: true, items: [new Uint8Array([1, 2, 3])] })
})

test('a refusal does not quote the content', () => {
  const secret = Buffer.concat([bytesOf(['secret']), Buffer.from([1])])
  assert.ok(!JSON.stringify(decode(secret)).includes('secret'))
})
