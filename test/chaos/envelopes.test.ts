/**
 * Envelopes, mutated: whatever bytes arrive, each envelope is delivered valid or is a counted dead
 * letter, and nothing is thrown.
 *
 * `FUZZ_SEED` repeats a run; `FUZZ_ENVELOPES` makes it longer.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CONVERSATIONS } from '../actors/protocol/protocol-table.js'
import { registry } from '../../actors/protocol/registry.js'
import { decode, encode } from '../../infra/codec.js'
import { frameOf, readFrame } from '../../infra/frame.js'
import { seal } from '../../runtime/envelope.js'
import type { AnyMessage } from '../../runtime/item.js'
import { seededRandom, type Random } from '../../runtime/random.js'
import type { WireEnvelope } from '../../runtime/transport.js'
import { anyMessage } from '../support/messages.js'
import { seededPace } from '../support/pace.js'
import { Wire } from '../support/wire.js'
import { listening, World } from '../support/world.js'

const COUNT = Number(process.env['FUZZ_ENVELOPES'] ?? 20_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000)
const SAMPLES = 500
const trace = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), parentId: 'ef'.repeat(8) }

const NASTY: readonly unknown[] = [
  null, true, -1, 0, 0.5, NaN, Infinity, 2 ** 53, '', '__proto__', 'constructor', 'x'.repeat(70_000), [], {},
  [[]], ['__proto__', {}], new Uint8Array(3), { length: 3 }, { toString: 1 }, [null, null, null],
  'agents@*/target', 'masters@*/target', 'master-one@life0/target', 'master-one@life1/nobody',
]

const upTo = (random: Random, count: number) => Math.floor(random.next() * count)
const pick = <T>(random: Random, items: readonly T[]): T => items[upTo(random, items.length)] as T

/** Replaces, removes, doubles or appends something, at any depth. */
function mutateValue(random: Random, value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0 || random.next() < 0.2) return pick(random, NASTY)
  const copy: unknown[] = [...value]
  const at = upTo(random, copy.length)
  const what = random.next()
  if (what < 0.7) copy[at] = mutateValue(random, copy[at])
  else if (what < 0.8) copy.splice(at, 1)
  else if (what < 0.9) copy.splice(at, 0, copy[at])
  else copy.push(pick(random, NASTY))
  return copy
}

/** A frame of which anything may be wrong: the table, a number, or something within an envelope. */
function mutateItems(random: Random, envelope: WireEnvelope): Uint8Array {
  const decoded = decode(frameOf(envelope))
  const items = random.next() < 0.2 && decoded.ok ? mutateValue(random, decoded.items)
    : [[[]], 0, mutateValue(random, envelope)]
  return encode(items as readonly unknown[]) ?? assert.fail('it is no plain data')
}

function mutateBytes(random: Random, frame: Uint8Array): Uint8Array {
  const bytes = [...frame]
  for (let left = 1 + upTo(random, 4); left > 0; left--) {
    const at = upTo(random, bytes.length)
    const what = random.next()
    if (what < 0.6) bytes[at] = upTo(random, 256)
    else if (what < 0.75) bytes.splice(at, 1 + upTo(random, 8))
    else if (what < 0.9) bytes.splice(at, 0, ...bytes.slice(0, upTo(random, 8)))
    else bytes.length = at
  }
  return Uint8Array.from(bytes)
}

test(`${COUNT} mutated envelopes, seed ${SEED}: each is valid or a counted dead letter`, async () => {
  const random = seededRandom(SEED)
  const world = new World(seededPace(SEED), { kind: 'master', registry })
  const wire = await Wire.of(world.system)
  const { actor, heard } = listening<AnyMessage>()
  const accepts = Object.assign({}, ...CONVERSATIONS.map(({ protocol }) => protocol))
  const to = world.system.spawn('target', { ...actor, accepts })
  const sealed = fc.sample(anyMessage, { seed: SEED, numRuns: SAMPLES })
    .map((message) => seal({ to, from: undefined, trace, message }, registry))

  const outcomes = () => heard.length
    + [...world.system.deadLetters.countsByReason().values()].reduce((sum, count) => sum + count, 0)
  let expected = 0
  let valid = 0
  for (let i = 0; i < COUNT; i++) {
    const envelope = pick(random, sealed)
    const mutated = random.next() < 0.5 ? mutateBytes(random, frameOf(envelope)) : mutateItems(random, envelope)
    const read = readFrame(mutated)
    if (read.ok) for (const each of read.envelopes) wire.tells.received(each)
    else wire.tells.malformed(read.reason)
    expected += read.ok ? read.envelopes.length : 1
    await world.settle()
    assert.equal(outcomes(), expected, `envelope ${i} of seed ${SEED}`)
    for (const message of heard.slice(valid)) assertValid(message)
    valid = heard.length
    world.hops.length = 0
    world.logs.length = 0
  }
  assert.equal(world.vitals(to)?.restarts, 0)
  const counts = Object.fromEntries(world.system.deadLetters.countsByReason())
  for (const reason of ['malformed', 'invalid', 'unknown-message', 'misdirected']) {
    assert.ok((counts[reason] ?? 0) > 0, `no mutation was ${reason}: ${JSON.stringify(counts)}`)
  }
  assert.ok(valid > 0, 'some mutations harm nothing')
})

/** It is exactly what its declaration lets through. */
function assertValid(message: AnyMessage): void {
  const { body } = registry.byType(message.type) ?? assert.fail(`'${message.type}' is not declared`)
  assert.deepEqual({ type: message.type, ...body.unpack(body.pack(message)) }, message)
}
