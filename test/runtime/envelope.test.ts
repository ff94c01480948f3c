import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { open, PROTOCOL_VERSION, reopen, seal, type Envelope, type Opened } from '../../runtime/envelope.js'
import { message } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural, optional, record, text, type Schema } from '../../runtime/schema.js'
import { withDigits } from '../support/trace.js'

const greeting = { greet: message(7, 'Says hello.', { name: text(20), times: optional(natural) }) }
const registry = new Registry(greeting)
const self = nodeAddress('master', 'm', 'life2')
const NOW = 1_000_000

const envelope: Envelope = {
  to: refOf(self, 'master/door'),
  from: refOf(nodeAddress('agent', 'a', 'life1'), 'agent'),
  trace: { traceId: '0123456789abcdef'.repeat(2), spanId: '0123456789abcdef', parentId: 'fedcba9876543210' },
  message: { type: 'greet', name: 'Ann', times: 3 } as Envelope['message'],
  deadlineMs: NOW + 1,
  correlation: 'question-1',
}

/** The trace of it, in numbers of 32 bits. */
const WORDS = [0x01234567, 0x89abcdef, 0x01234567, 0x89abcdef, 0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210]

/** The sealed envelope with some of its places changed. */
function sealedWith(changes: Readonly<Record<number, unknown>>): unknown[] {
  const sealed = [...seal(envelope, registry)]
  for (const [place, value] of Object.entries(changes)) sealed[Number(place)] = value
  return sealed
}

const reasonOf = (opened: Opened) => (opened.ok ? 'it was opened' : opened.reason)
const contentsOf = (opened: Opened) => (opened.ok ? withDigits(opened.envelope) : opened.reason)
const openAt = (raw: unknown, nowMs = NOW) => open(raw, self, registry, nowMs)

test('an envelope is opened as it was sealed', () => {
  assert.deepEqual(contentsOf(openAt(seal(envelope, registry))), envelope)
  const { deadlineMs: _1, correlation: _2, ...plain } = { ...envelope, from: undefined }
  const bare = { ...plain, trace: { traceId: envelope.trace.traceId, spanId: envelope.trace.spanId } }
  assert.deepEqual(contentsOf(openAt(seal(bare, registry))), bare)
})

test('an envelope is an array in a fixed order, to which later versions may append', () => {
  const sealed = seal(envelope, registry)
  assert.deepEqual(sealed, [
    envelope.to, envelope.from, PROTOCOL_VERSION, 7, WORDS, NOW + 1, 'question-1', ['Ann', 3],
  ])
  assert.equal(openAt([...sealed, 'of a later version']).ok, true)
})

test('a message that nobody declared cannot be sealed', () => {
  assert.throws(() => seal({ ...envelope, message: { type: 'shout' } }, registry), /'shout' is not declared/)
})

const MALFORMED: readonly (readonly [what: string, raw: unknown])[] = [
  ['no array', { 0: 1 }], ['nothing', undefined], ['too short', sealedWith({}).slice(0, 7)],
  ['a version that is no number', sealedWith({ 2: '1' })],
  ['a version before the first', sealedWith({ 2: 0 })],
  ['a broken version', sealedWith({ 2: 1.5 })], ['a tag that is no number', sealedWith({ 3: 'greet' })],
  ['no receiver', sealedWith({ 0: null })], ['a receiver too long', sealedWith({ 0: 'x'.repeat(2_001) })],
  ['a sender that is no text', sealedWith({ 1: 5 })], ['no trace', sealedWith({ 4: null })],
  ['a trace too short', sealedWith({ 4: WORDS.slice(0, 5) })], ['half a parent', sealedWith({ 4: WORDS.slice(0, 7) })],
  ['a trace too long', sealedWith({ 4: [...WORDS, 1] })],
  ['a trace of broken numbers', sealedWith({ 4: WORDS.map((word) => word + 0.5) })],
  ['a trace below zero', sealedWith({ 4: WORDS.map((word) => -word) })],
  ['a trace beyond 32 bits', sealedWith({ 4: WORDS.map((word) => word + 2 ** 32) })],
  ['a trace in digits', sealedWith({ 4: envelope.trace.traceId })],
  ['a trace that only looks like a list', sealedWith({ 4: { length: 6 } })],
  ['a deadline that is no time', sealedWith({ 5: NaN })],
  ['an endless correlation', sealedWith({ 6: 'x'.repeat(256) })],
]
for (const [what, raw] of MALFORMED) {
  test(`an envelope with ${what} is malformed`, () => assert.equal(reasonOf(openAt(raw)), 'malformed'))
}

const REFUSED: readonly (readonly [raw: unknown[], reason: string, detail: string])[] = [
  [sealedWith({ 2: PROTOCOL_VERSION + 1 }), 'newer-version', 'version 2'],
  [sealedWith({ 3: 8 }), 'unknown-message', 'tag 8'],
  [sealedWith({ 0: 'master-m@life1/master' }), 'misdirected', 'greet to master-m@life1/master'],
  [sealedWith({ 0: 'agents@*/agent' }), 'misdirected', 'greet to agents@*/agent'],
  [sealedWith({ 0: 'master-ms@*/x' }), 'misdirected', 'greet to master-ms@*/x'],
  [sealedWith({ 5: NOW - 1 }), 'expired', 'greet'],
  [sealedWith({ 7: [5] }), 'invalid', 'greet: name: expected text'],
  [sealedWith({ 7: 'body' }), 'invalid', 'greet: expected a record'],
]
for (const [raw, reason, detail] of REFUSED) {
  test(`an envelope is refused as ${reason} (${detail})`, () => {
    assert.deepEqual(openAt(raw), { ok: false, reason, detail })
  })
}

test('a message to the group of a node’s kind is for the node', () => {
  assert.ok(openAt(sealedWith({ 0: `${groupAddress('master')}/master` })).ok)
})

test('a deadline still holds at its very moment', () => {
  assert.ok(openAt(sealedWith({ 5: NOW })).ok)
})

test('a schema that breaks refuses the envelope and does not throw', () => {
  const broken: Schema<string> = { notation: 'broken', pack: (value) => value, unpack: () => {
    throw new TypeError('a bug')
  } }
  const other = new Registry({ greet: message(7, 'Breaks.', { name: broken }) })
  assert.deepEqual(open(sealedWith({}), self, other, NOW),
    { ok: false, reason: 'invalid', detail: 'greet: a bug' })
})

test('what this node has sealed can be opened again, whomever it was for', () => {
  const elsewhere = { ...envelope, to: 'agent-x@gone/agent' as Ref<never>, deadlineMs: 1 }
  const again = reopen(seal(elsewhere, registry), registry) ?? assert.fail('it was sealed')
  assert.deepEqual(withDigits(again), elsewhere)
  assert.equal(reopen(['what', 'is', 'this'], registry), undefined)
  assert.equal(reopen(sealedWith({ 7: record({}) }) as readonly unknown[], registry), undefined)
})
