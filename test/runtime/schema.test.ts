import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bytes, choice, flag, id, integer, Invalid, isLegalId, list, natural, oneOf, optional, real, record, REDACTED, ref,
  refined, secret, table, text, tuple, type Schema,
} from '../../runtime/schema.js'
import { decode, encode } from '../../infra/codec.js'
import { arbitraryOf } from '../support/arbitrary-of.js'

const SCHEMAS: Readonly<Record<string, Schema<never>>> = {
  text: text(), id: id(), ref: ref(), flag, natural, integer, real, bytes,
  word: oneOf('red', 'green'),
  list: list(natural),
  table: table(integer),
  tuple: tuple(text(), list(flag)),
  refined: refined(list(natural, 4), () => undefined),
  record: record({ name: text(), size: optional(natural), colour: optional(oneOf('red', 'green')) }),
  choice: choice({ nothing: {}, point: { x: real, y: real }, line: { ends: list(tuple(real, real)) } }),
  nested: record({
    children: list(record({
      names: table(list(text())), kind: choice({ a: {}, b: { data: optional(bytes) } }),
    })),
    last: optional(record({ value: optional(integer) })),
  }),
} as unknown as Readonly<Record<string, Schema<never>>>

/** What a value becomes on its way through msgpack. */
function overTheWire(packed: unknown): unknown {
  const decoded = decode(encode([packed]) ?? assert.fail('it is no plain data'))
  return decoded.ok ? decoded.items[0] : assert.fail(decoded.reason)
}

/** Whatever a peer could send: plain data, with the keys and values that break careless code. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, undefined, '', '__proto__', 'constructor', 0, -1, 0.5, Infinity, NaN),
    fc.boolean(), fc.string({ unit: 'binary' }), fc.double(), fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 8 }), fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.constantFrom('__proto__', 'type', 'length', 'toString', '0'), tie('value')),
  ),
})).value

for (const [name, schema] of Object.entries(SCHEMAS)) {
  test(`what is packed as ${name} is unpacked as it was, also over the wire`, () => {
    fc.assert(fc.property(arbitraryOf(schema), (value) => {
      assert.deepEqual(schema.unpack(schema.pack(value)), value)
      assert.deepEqual(schema.unpack(overTheWire(schema.pack(value))), value)
    }))
  })

  test(`unpacking ${name} from anything gives a value that packs again, or throws Invalid`, () => {
    fc.assert(fc.property(plain, (raw) => {
      let value: never
      try {
        value = schema.unpack(raw)
      } catch (problem) {
        assert.ok(problem instanceof Invalid, `${problem}`)
        return
      }
      assert.deepEqual(schema.unpack(schema.pack(value)), value)
    }), { numRuns: 1_000 })
  })
}

const older = record({ name: text() })
const newer = record({ name: text(), size: optional(natural), colour: optional(text()) })

test('a shorter record comes from an older sender: what it lacks is absent', () => {
  assert.deepEqual(newer.unpack(older.pack({ name: 'a' })), { name: 'a' })
})

test('a longer record comes from a newer sender: what it has more is ignored', () => {
  assert.deepEqual(older.unpack(newer.pack({ name: 'a', size: 1, colour: 'red' })), { name: 'a' })
})

test('absent fields take no room at the end of a record', () => {
  assert.deepEqual(newer.pack({ name: 'a' }), ['a'])
  assert.deepEqual(newer.pack({ name: 'a', colour: 'red' }), ['a', null, 'red'])
})

test('a missing field is named with its place', () => {
  const shape = record({ agents: list(record({ name: text(), ports: table(natural) })) })
  const raw = (agent: unknown) => [[['a', []], agent]]
  assert.throws(() => shape.unpack(raw([])), { message: 'agents: 1: name: missing' })
  const negative = raw(['b', [['http', -1]]])
  assert.throws(() => shape.unpack(negative), { message: 'agents: 1: ports: 0: expected natural' })
  assert.throws(() => shape.unpack(raw('b')), { message: 'agents: 1: expected a record' })
})

test('a table with a poisoned key loses it and harms nobody', () => {
  const value = table(text()).unpack([['__proto__', 'x'], ['constructor', 'y'], ['a', 'z']])
  assert.deepEqual(Object.entries(value), [['constructor', 'y'], ['a', 'z']])
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
  assert.equal(({} as Record<string, unknown>)['x'], undefined)
})

test('every size has a limit', () => {
  const ofLength = (length: number) => 'x'.repeat(length)
  assert.throws(() => text(3).unpack(ofLength(4)), Invalid)
  assert.throws(() => text().unpack(ofLength(65_537)), Invalid)
  assert.throws(() => id().unpack(ofLength(256)), Invalid)
  assert.throws(() => list(natural, 2).unpack([1, 2, 3]), { message: 'expected at most 2 items' })
  assert.throws(() => list(natural).unpack(new Array(100_001).fill(0)), Invalid)
  assert.throws(() => table(natural, 1).unpack([['a', 1], ['b', 2]]), Invalid)
  assert.throws(() => ref().unpack(`a@b/${ofLength(501)}`), Invalid)
})

test('an identifier can be the name of a file', () => {
  for (const legal of ['a', 'task 1', 'ä', '...', 'a.b', ':', '*']) assert.ok(isLegalId(legal), legal)
  const illegal = ['', '.', '..', 'a/b', 'a\\b', 'a\nb', '\u0000', '\u007f']
  for (const each of illegal) assert.ok(!isLegalId(each), each)
})

test('a rule of its own refuses what has the right shape', () => {
  const even = refined(natural, (value) => (value % 2 === 0 ? undefined : `${value} is odd`))
  assert.equal(even.unpack(4), 4)
  assert.throws(() => even.unpack(3), { message: '3 is odd' })
})

test('a choice refuses to pack what it does not know', () => {
  const shape = choice({ circle: { radius: real }, dot: {} })
  assert.throws(() => shape.pack({ type: 'square' } as never), { message: 'expected one of circle, dot' })
  for (const raw of [[2, []], [-1, []], [0.5, []], ['0', []], [], 'dot', [0, ['1']]]) {
    assert.throws(() => shape.unpack(raw), Invalid)
  }
})

test('the notation says what a value may be', () => {
  const shape = record({
    id: id(), when: optional(natural), tags: list(text()), size: table(tuple(real, flag)),
    of: oneOf('a', 'b'),
  })
  assert.equal(shape.notation,
    "{id: id, when: natural?, tags: [text], size: {[text]: (real, flag)}, of: 'a' \\| 'b'}")
})

test('what is declared secret is replaced wherever it lies, and everything else is left as it is', () => {
  const command = record({ line: text(), environment: optional(table(secret(text()))) })
  const shape = record({
    name: text(), command: optional(command), all: list(command), how: choice({ run: { command }, rest: {} }),
    key: optional(secret(bytes)),
  })
  const { redact, secretFields } = shape
  const hidden = { line: 'x', environment: { TOKEN: REDACTED } }
  const seen = { line: 'x', environment: { TOKEN: 'hush' } }
  const value = { name: 'n', command: seen, all: [seen, { line: 'y' }], how: { type: 'run' as const, command: seen } }
  assert.deepEqual(redact?.({ ...value, key: Uint8Array.of(1) }),
    { name: 'n', command: hidden, all: [hidden, { line: 'y' }], how: { type: 'run', command: hidden }, key: REDACTED })
  assert.deepEqual([...secretFields ?? []].sort(), ['environment', 'key'])
  assert.deepEqual(redact?.({ name: 'n', all: [], how: { type: 'rest' } }),
    { name: 'n', all: [], how: { type: 'rest' } })
  assert.equal(record({ name: text() }).redact, undefined, 'where nothing is secret nobody looks')
})
