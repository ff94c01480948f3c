import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupAddress, nodeAddress, refOf, type Ref } from '../../runtime/address.js'
import { open, PROTOCOL_VERSION, reopen, seal, type Envelope, type Opened } from '../../runtime/envelope.js'
import { message } from '../../runtime/protocol.js'
import { Registry } from '../../runtime/registry.js'
import { natural, optional, record, text, type Schema } from '../../runtime/schema.js'

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

/** The sealed envelope with some of its places changed. */
function sealedWith(changes: Readonly<Record<number, unknown>>): unknown[] {
  const sealed = [...seal(envelope, registry)]
  for (const [place, value] of Object.entries(changes)) sealed[Number(place)] = value
  return sealed
}

const reasonOf = (opened: Opened) => (opened.ok ? 'it was opened' : opened.reason)
const openAt = (raw: unknown, nowMs = NOW) => open(raw, self, registry, nowMs)

test('an envelope is opened as it was sealed', () => {
  assert.deepEqual(openAt(seal(envelope, registry)), { ok: true, envelope })
  const { deadlineMs: _1, correlation: _2, ...plain } = { ...envelope, from: undefined }
  const bare = { ...plain, trace: { traceId: envelope.trace.traceId, spanId: envelope.trace.spanId } }
  assert.deepEqual(openAt(seal(bare, registry)), { ok: true, envelope: bare })
})

test('an envelope is an array in a fixed order, to which later versions may append', () => {
  const sealed = seal(envelope, registry)
  assert.deepEqual(sealed, [
    PROTOCOL_VERSION, 7, envelope.to, envelope.from, envelope.trace.traceId, envelope.trace.spanId,
    envelope.trace.parentId, NOW + 1, 'question-1', ['Ann', 3],
  ])
  assert.equal(openAt([...sealed, 'of a later version']).ok, true)
})

test('a message that nobody declared cannot be sealed', () => {
  assert.throws(() => seal({ ...envelope, message: { type: 'shout' } }, registry), /'shout' is not declared/)
})

const MALFORMED: readonly (readonly [what: string, raw: unknown])[] = [
  ['no array', { 0: 1 }], ['nothing', undefined], ['too short', sealedWith({}).slice(0, 9)],
  ['a version that is no number', sealedWith({ 0: '1' })],
  ['a version before the first', sealedWith({ 0: 0 })],
  ['a broken version', sealedWith({ 0: 1.5 })], ['a tag that is no number', sealedWith({ 1: 'greet' })],
  ['no receiver', sealedWith({ 2: null })], ['a receiver too long', sealedWith({ 2: 'x'.repeat(2_001) })],
  ['a sender that is no text', sealedWith({ 3: 5 })], ['a trace id too short', sealedWith({ 4: '12' })],
  ['a trace id of other letters', sealedWith({ 4: 'g'.repeat(32) })],
  ['a span id too long', sealedWith({ 5: 'a'.repeat(17) })],
  ['a parent that is no span', sealedWith({ 6: 'parent' })],
  ['a deadline that is no time', sealedWith({ 7: NaN })],
  ['an endless correlation', sealedWith({ 8: 'x'.repeat(256) })],
]
for (const [what, raw] of MALFORMED) {
  test(`an envelope with ${what} is malformed`, () => assert.equal(reasonOf(openAt(raw)), 'malformed'))
}

const REFUSED: readonly (readonly [raw: unknown[], reason: string, detail: string])[] = [
  [sealedWith({ 0: PROTOCOL_VERSION + 1 }), 'newer-version', 'version 2'],
  [sealedWith({ 1: 8 }), 'unknown-message', 'tag 8'],
  [sealedWith({ 2: 'master-m@life1/master' }), 'misdirected', 'greet to master-m@life1/master'],
  [sealedWith({ 2: 'agents@*/agent' }), 'misdirected', 'greet to agents@*/agent'],
  [sealedWith({ 2: 'master-ms@*/x' }), 'misdirected', 'greet to master-ms@*/x'],
  [sealedWith({ 7: NOW - 1 }), 'expired', 'greet'],
  [sealedWith({ 9: [5] }), 'invalid', 'greet: name: expected text'],
  [sealedWith({ 9: 'body' }), 'invalid', 'greet: expected a record'],
]
for (const [raw, reason, detail] of REFUSED) {
  test(`an envelope is refused as ${reason} (${detail})`, () => {
    assert.deepEqual(openAt(raw), { ok: false, reason, detail })
  })
}

test('a message to the group of a node’s kind is for the node', () => {
  assert.ok(openAt(sealedWith({ 2: `${groupAddress('master')}/master` })).ok)
})

test('a deadline still holds at its very moment', () => {
  assert.ok(openAt(sealedWith({ 7: NOW })).ok)
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
  assert.deepEqual(reopen(seal(elsewhere, registry), registry), elsewhere)
  assert.equal(reopen(['what', 'is', 'this'], registry), undefined)
  assert.equal(reopen(sealedWith({ 9: record({}) }) as readonly unknown[], registry), undefined)
})
