import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { registry } from '../../../actors/protocol/registry.js'
import { DEPTH_MAX, ENTRIES_MAX, TEXT_CHARACTERS_MAX, take } from '../../../infra/snapshot/take.js'
import { read, told, type Group, type Shown } from '../../../infra/snapshot/tree.js'

const ROOM = 100_000
const taken = (value: unknown, room = ROOM) => take(value, room)
const groupIn = (shown: Shown | undefined): Group =>
  (typeof shown === 'object' && shown && 'entries' in shown ? shown : assert.fail(`no group: ${JSON.stringify(shown)}`))
const within = (shown: Shown, ...names: readonly string[]): Shown | undefined =>
  names.reduce<Shown | undefined>((at, name) => groupIn(at).entries.find(([each]) => each === name)?.[1], shown)

test('values are as they are, and what is no plain data is told', () => {
  class Queue {
    items = [1, Number.NaN]
    get size() {
      throw new Error('never asked')
    }
  }
  const state = {
    count: 3, name: 'web', isOpen: true, none: null, absent: undefined, big: 12n, run: () => 1, at: new Date(0),
    data: new Uint8Array(2_048), queue: new Queue(), map: new Map<unknown, unknown>([['a1', { x: 1 }], [{}, 2]]),
    set: new Set(['s']), error: new TypeError('no good'), pattern: /^x/g,
  }
  const shown = (name: keyof typeof state) => within(taken(state), name)
  assert.deepEqual([shown('count'), shown('name'), shown('isOpen'), shown('none')], [3, 'web', true, null])
  assert.deepEqual(shown('absent'), told('undefined'))
  assert.deepEqual([shown('big'), shown('run'), shown('pattern')], [told('12'), told('[function]'), told('/^x/g')])
  assert.deepEqual([shown('at'), shown('data')], [told('1970-01-01T00:00:00.000Z'), told('[2,048 bytes]')])
  const items = { kind: 'list', size: 2, entries: [['0', 1], ['1', told('NaN')]] }
  assert.deepEqual(shown('queue'), { kind: 'record', of: 'Queue', size: 1, entries: [['items', items]] })
  const first = { kind: 'record', size: 1, entries: [['x', 1]] }
  assert.deepEqual(shown('map'), { kind: 'map', size: 2, entries: [['a1', first], ['[object]', 2]] })
  assert.deepEqual(shown('set'), { kind: 'set', size: 1, entries: [['0', 's']] })
  assert.deepEqual(shown('error'), { kind: 'record', of: 'TypeError', size: 1, entries: [['message', 'no good']] })
})

test('of what is long, deep or many the first part is shown, and how much there is', () => {
  const long = taken('x'.repeat(2_000))
  assert.deepEqual(long, { kind: 'text', text: 'x'.repeat(TEXT_CHARACTERS_MAX), size: 2_000 })
  const many = groupIn(taken(new Map(Array.from({ length: 2_080 }, (_, index) => [`a${index}`, index]))))
  assert.deepEqual([many.size, many.entries.length], [2_080, ENTRIES_MAX])
  let deep: unknown = 'bottom'
  for (let depth = 0; depth < 100; depth++) deep = [deep]
  let [at, depth] = [groupIn(taken(deep)), 0]
  for (; at.entries.length > 0; depth++) at = groupIn(at.entries[0]?.[1])
  assert.deepEqual([depth, at.size], [DEPTH_MAX, 1])
})

test('what contains itself is said to; what is there twice is shown twice', () => {
  const state: Record<string, unknown> = { twice: { x: 1 } }
  state['self'] = new Set([state])
  state['again'] = state['twice']
  assert.deepEqual(within(taken(state), 'self', '0'), told('[contains itself]'))
  assert.deepEqual(within(taken(state), 'again'), within(taken(state), 'twice'))
})

test('with little room all of the top is shown rather than all of the first branch', () => {
  const branch = Array.from({ length: 90 }, (_, index) => ({ id: `item-${index}`, more: ['a', 'b', 'c'] }))
  const shown = taken({ first: branch, second: branch, third: 'the end' }, 1_000)
  assert.equal(within(shown, 'third'), 'the end')
  assert.equal(groupIn(within(shown, 'second')).size, 90)
})

test('what is called as a secret field of the protocol is veiled, and the names of variables are not', () => {
  const environment = { API: 'hunter2', LIST: ['hunter2'] }
  const state = {
    task: { environment }, environments: new Map([['t1', environment]]), pageKey: 'hunter2',
    command: new Map([['environment', environment]]), pair: ['environment', environment], environment: ['hunter2'],
  }
  const shown = taken(state)
  assert.doesNotMatch(JSON.stringify(shown), /hunter2/)
  const names = [['API', told('[secret]')], ['LIST', told('[secret]')]]
  assert.deepEqual(groupIn(within(shown, 'task', 'environment')).entries, names)
  assert.deepEqual(groupIn(within(shown, 'command', 'environment')).entries, names)
  assert.deepEqual(within(shown, 'pair', '1'), told('[secret]'))
})

test('what authors usually call a secret is veiled, and no address shows its password', () => {
  const shown = taken({
    apiKey: 'hunter2', credentials: { user: 'ann', password: 'hunter2' }, tokens: new Map([['hunter2', 1]]),
    broker: 'amqp://ann:hunter2@mq/vhost', argv: ['--url', 'https://:hunter2@x/'],
    byName: new Map([['token', 'hunter2']]),
  })
  assert.doesNotMatch(JSON.stringify(shown), /hunter2/)
  assert.equal(within(shown, 'broker'), 'amqp://ann:…@mq/vhost')
  assert.equal(within(taken({ lastToken: 7 }), 'lastToken'), 7, 'a number is none')
  const tasks = taken(new Map([['rotate-token-3', { cpus: 1 }]]))
  assert.equal(within(tasks, 'rotate-token-3', 'cpus'), 1, 'a key of a map says whom a record is about')
})

const no = (): never => { throw new Error('no') }
const MARK = 'what-nobody-may-see'
const secretName = fc.constantFrom(...new Set(registry.entries().flatMap(({ body }) => [...body.secretFields ?? []])))
const secretValue = fc.oneof(
  fc.constant<unknown>(MARK), fc.constant<unknown>([MARK, [MARK]]), fc.constant<unknown>({ A: MARK, B: { C: MARK } }),
  fc.constant<unknown>(new Map([['A', MARK]])), fc.constant<unknown>(new Set([MARK])),
  fc.constant<unknown>(new TextEncoder().encode(MARK)), fc.constant<unknown>(new Error(MARK)),
)
const { state } = fc.letrec<{ state: unknown }>((tie) => ({
  state: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.anything({
      withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withObjectString: true,
      withNullPrototype: true, withSparseArray: true, withBoxedValues: true,
    }),
    fc.string({ maxLength: 3_000, unit: 'binary' }),
    fc.constantFrom<unknown>(Math.max, Symbol('s'), new WeakMap(), Promise.resolve(1), Object.create(Map.prototype)),
    fc.constant<unknown>(new Proxy({}, { ownKeys: no })),
    fc.constant<unknown>(new Proxy([], { get: no, getPrototypeOf: no })),
    fc.array(tie('state'), { maxLength: 5 }),
    fc.tuple(fc.string(), secretName, secretValue, tie('state')).map(([name, secret, value, other]) =>
      ({ [name]: other, [secret]: value })),
    fc.tuple(secretName, secretValue, tie('state')).map(([secret, value, other]) =>
      new Map<unknown, unknown>([[secret, value], [other, other]])),
    fc.tuple(secretName, secretValue).map((pair): unknown => pair),
    tie('state').map((inner) => {
      const itself: { inner: unknown; self?: unknown } = { inner }
      return Object.assign(itself, { self: itself, list: [itself] })
    }),
  ),
}))

test('whatever an actor holds, a snapshot is made, fits, can be read and shows no secret', () => {
  fc.assert(fc.property(state, fc.integer({ min: 50, max: 20_000 }), (held, room) => {
    const written = JSON.stringify(taken(held, room))
    assert.ok(written.length <= room, `${written.length} > ${room}`)
    assert.equal(JSON.stringify(read(written)), written)
    assert.ok(!written.includes(MARK))
  }), { numRuns: 1_000 })
})
