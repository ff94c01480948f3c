import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode, INBOUND_BYTES_MAX } from '../../infra/codec.js'
import { Draft, envelopesIn, frameOf, readFrame } from '../../infra/frame.js'

const address = fc.constantFrom('master-m1@life/master', 'agent-a@life/agent', 'agent-b@life/agent', '')
const part = fc.oneof(fc.constant(null), fc.nat(), fc.string(), fc.array(fc.nat(), { maxLength: 3 }))
const envelope = fc.oneof(
  fc.tuple(address, fc.option(address), fc.nat(), part).map((parts) => parts as readonly unknown[]),
  fc.array(part, { maxLength: 5 }),
)

const draftOf = (plain: readonly unknown[]) => Draft.of(plain) ?? assert.fail('it is no plain data')
const bytesOf = (items: readonly unknown[]): Uint8Array => encode(items) ?? assert.fail('not packed')

test('envelopes are read back as they were, with addresses in common or without', () => {
  fc.assert(fc.property(fc.array(envelope, { minLength: 1, maxLength: 40 }), (envelopes) => {
    assert.deepEqual(readFrame(frameOf(...envelopes)), { ok: true, envelopes })
  }))
})

test('frames of 1, 16 and 70,000 pairs of addresses are all read back', () => {
  for (const count of [1, 16, 70_000]) {
    const envelopes = Array.from({ length: count }, (_, index) => [`to ${index}`, `from ${index}`, index])
    assert.deepEqual(readFrame(frameOf(...envelopes)), { ok: true, envelopes })
  }
})

test('addresses in common are said once', () => {
  const [to, from] = ['master-m1@abcdefgh/master', 'agent-a1@abcdefgh/agent/updates']
  const alone = frameOf([to, from, 1]).length
  assert.equal(frameOf([to, from, 1], [to, from, 2], [to, from, 3]).length, alone + 2 * 3)
})

test('a frame takes no more bytes than were foreseen', () => {
  const draft = draftOf(['to', 'from', 'x'.repeat(500)])
  assert.ok(!draft.add(['to', 'from', 1], 500))
  assert.ok(draft.add(['to', 'from', 1], 1_000))
  assert.ok(draft.add(['other', 'from', 1], 1_000))
  assert.ok(draft.finish().length <= draft.bytes)
  const full = draftOf(['é'.repeat(2_000), '兔'.repeat(2_000), new Uint8Array(INBOUND_BYTES_MAX - 11_000)])
  assert.ok(full.finish().length <= INBOUND_BYTES_MAX)
  assert.equal(readFrame(full.finish()).ok, true)
})

test('what is no plain data, or too large, is not packed', () => {
  const circular: unknown[] = ['to', 'from']
  circular.push(circular)
  for (const bad of [circular, ['to', 'from', new Date(0)], ['x'.repeat(INBOUND_BYTES_MAX)]]) {
    assert.equal(Draft.of(bad), undefined)
    assert.equal(draftOf(['to', 'from', 1]).add(bad, INBOUND_BYTES_MAX), false)
    assert.throws(() => frameOf(bad), /no plain data/)
  }
  assert.throws(() => frameOf(), /there is none/)
})

const REFUSED: readonly (readonly [what: string, items: readonly unknown[]])[] = [
  ['nothing', []], ['no table', [1]], ['a table that is none', ['heads', 0, []]],
  ['an envelope without its content', [[[]], 0]], ['a number beyond the table', [[[]], 1, []]],
  ['a number below the table', [[[]], -1, []]], ['a number that is none', [[[]], '0', []]],
  ['a name where a number belongs', [[[]], '__proto__', []]], ['half a number', [[[]], 0.5, []]],
  ['a head that is none', [['to'], 0, []]], ['a head too long', [[['to', 'from', 1]], 0, []]],
  ['content that is none', [[[]], 0, 'content']],
]
for (const [what, items] of REFUSED) {
  test(`a frame with ${what} is refused`, () => {
    assert.deepEqual(readFrame(bytesOf(items)), { ok: false, reason: 'not a frame of envelopes' })
  })
}

test('a frame tells by its header how many envelopes it holds, and is not believed beyond its size', () => {
  for (const count of [1, 7, 8, 300, 32_767, 32_768, 70_000]) {
    const envelopes = Array.from({ length: count }, (_, index) => ['to', 'from', index])
    assert.equal(envelopesIn(frameOf(...envelopes)), count)
  }
  for (const bytes of [[], [0xc1], [0x80], [0x90], [0xdc], [0xdd, 0xff]]) {
    assert.ok(envelopesIn(Uint8Array.from(bytes)) <= 1)
  }
  assert.equal(envelopesIn(Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff])), 2)
})
