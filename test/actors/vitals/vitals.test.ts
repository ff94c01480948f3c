import assert from 'node:assert/strict'
import test from 'node:test'
import { nodeAddress, refOf, type Ref } from '../../../runtime/address.js'
import type { NodeVitals, VitalsEvent, VitalsRequest } from '../../../actors/protocol/vitals.js'
import { ROUNDS_MAX, vitals, type Gathered, type Replayed, type Seen } from '../../../actors/vitals/vitals.js'
import { drive } from '../../support/drive.js'

const port = refOf<VitalsRequest>(nodeAddress('master', 'driven', '1'), 'port.vitals')
const asker = refOf<Gathered>(nodeAddress('master', 'driven', '1'), 'port.ask-1')
const [AGENT, OTHER] = ['agent-a@1', 'agent-b@1']
const told = (node: string): NodeVitals => ({
  node,
  pid: 1,
  uptimeMs: 1,
  memoryBytes: 1,
  actors: [],
  actorsTotal: 0,
  deadLetters: {},
  letters: [],
})
const gather = (nodes: readonly string[], masters = false) =>
  ({ type: 'gather', nodes, masters, letters: 0, withinMs: 500, replyTo: asker }) as const

test('it measures its node for a master, and for nobody else', () => {
  const driven = drive(vitals(port))
  const ask = (replyTo: string) =>
    driven.receive({ type: 'ask-vitals', round: 1, letters: 5, replyTo: replyTo as Ref<VitalsEvent> })
  ask('framework-f@1/vitals')
  driven.receive({ type: 'replay-letter', number: 1, round: 1, replyTo: 'agent-a@1/vitals' as Ref<VitalsEvent> })
  driven.receive({ type: 'ask-look', path: 'agent', round: 1, replyTo: 'framework-f@1/vitals' as Ref<VitalsEvent> })
  assert.deepEqual(driven.toldTo(port), [])
  ask('master-m@1/vitals')
  assert.deepEqual(driven.toldTo(port), [{ type: 'measure', letters: 5, round: 1, replyTo: 'master-m@1/vitals' }])
})

test('it has its node look at an actor for a master', () => {
  const driven = drive(vitals(port))
  const replyTo = 'master-m@1/vitals' as Ref<VitalsEvent>
  driven.receive({ type: 'ask-look', path: 'agent/updates', round: 7, replyTo })
  assert.deepEqual(driven.toldTo(port), [{ type: 'look', path: 'agent/updates', round: 7, replyTo }])
})

test('a round is over when all have answered, or when its time is', () => {
  const driven = drive(vitals(port))
  driven.receive(gather([AGENT, OTHER]))
  assert.deepEqual(
    driven.take().map(({ to }) => to),
    [`${AGENT}/vitals`, `${OTHER}/vitals`],
  )
  driven.receive({ type: 'vitals', round: 1, vitals: told(AGENT) })
  driven.receive({ type: 'vitals', round: 1, vitals: told(OTHER) })
  assert.deepEqual(driven.toldTo(asker), [{ type: 'gathered', nodes: [told(AGENT), told(OTHER)], silent: [] }])
  driven.take()
  driven.receive(gather([AGENT, OTHER]))
  driven.receive({ type: 'vitals', round: 2, vitals: told(AGENT) })
  driven.receive({ type: 'vitals', round: 2, vitals: told('agent-stranger@1') })
  driven.fire('round-2')
  assert.deepEqual(driven.toldTo(asker), [{ type: 'gathered', nodes: [told(AGENT)], silent: [OTHER] }])
  driven.receive({ type: 'vitals', round: 2, vitals: told(OTHER) })
  assert.equal(driven.timers.size, 0)
})

test('nobody knows how many masters there are: their round lasts until its time is over', () => {
  const driven = drive(vitals(port))
  driven.receive(gather([], true))
  driven.receive({ type: 'vitals', round: 1, vitals: told('master-m@1') })
  assert.deepEqual(driven.toldTo(asker), [])
  driven.fire('round-1')
  assert.equal(driven.toldTo(asker)[0]?.nodes.length, 1)
})

test('a letter is sent again by the node that has it, which says why not', () => {
  const driven = drive(vitals(port))
  const replyTo = refOf<Replayed>(nodeAddress('master', 'driven', '1'), 'port.ask-2')
  driven.receive({ type: 'ask-replay', node: AGENT, number: 3, replyTo })
  driven.receive({ type: 'letter-replayed', round: 1, problem: 'it is gone' })
  driven.receive({ type: 'ask-replay', node: AGENT, number: 4, replyTo })
  driven.fire('round-2')
  assert.deepEqual(driven.toldTo(replyTo), [
    { type: 'replayed', problem: 'it is gone' },
    { type: 'replayed', problem: 'the node did not answer' },
  ])
})

test('what is seen of an actor is told by the node that has it; who is not there, or silent, is said to be', () => {
  const driven = drive(vitals(port))
  const replyTo = refOf<Seen>(nodeAddress('master', 'driven', '1'), 'port.ask-3')
  const look = { waiting: [], waitingTotal: 0, state: '1' }
  const lookAt = (path: string) => driven.receive({ type: 'look-at', node: AGENT, path, replyTo })
  lookAt('agent')
  const [asked] = driven.take()
  assert.equal(asked?.to, `${AGENT}/vitals`)
  assert.deepEqual(asked?.message, { type: 'ask-look', path: 'agent', round: 1, replyTo: driven.self })
  driven.receive({ type: 'looked', round: 1, look })
  lookAt('nobody')
  driven.receive({ type: 'looked', round: 2, refusal: 'no-such-actor' })
  lookAt('agent')
  driven.fire('round-3')
  assert.deepEqual(driven.toldTo(replyTo), [
    { type: 'seen', look }, { type: 'seen', refusal: 'no-such-actor' }, { type: 'seen', refusal: 'silent' },
  ])
  assert.equal(driven.timers.size, 0)
})

test('an answer of another kind than was asked for counts for nothing', () => {
  const driven = drive(vitals(port))
  const replyTo = refOf<Seen>(nodeAddress('master', 'driven', '1'), 'port.ask-4')
  driven.receive({ type: 'look-at', node: AGENT, path: 'agent', replyTo })
  driven.receive({ type: 'letter-replayed', round: 1 })
  driven.receive({ type: 'vitals', round: 1, vitals: told(AGENT) })
  driven.receive({ type: 'looked', round: 2, refusal: 'no-such-actor' })
  assert.deepEqual(driven.toldTo(replyTo), [])
  driven.receive({ type: 'looked', round: 1, look: { waiting: [], waitingTotal: 0 } })
  assert.equal(driven.toldTo(replyTo).length, 1)
})

test('more questions than can be under way are refused at once', () => {
  const driven = drive(vitals(port))
  for (let count = 0; count < ROUNDS_MAX; count++) driven.receive(gather([AGENT]))
  driven.take()
  const seen = refOf<Seen>(nodeAddress('master', 'driven', '1'), 'port.ask-5')
  const replayed = refOf<Replayed>(nodeAddress('master', 'driven', '1'), 'port.ask-6')
  driven.receive({ type: 'look-at', node: AGENT, path: 'agent', replyTo: seen })
  driven.receive({ type: 'ask-replay', node: AGENT, number: 1, replyTo: replayed })
  assert.deepEqual(driven.take().map(({ message }) => message), [
    { type: 'seen', refusal: 'too-many' }, { type: 'replayed', problem: '64 questions are under way already' },
  ])
})
