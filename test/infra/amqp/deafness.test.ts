import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Deafness, SPELLS_MIN, SPELL_MS } from '../../../infra/amqp/deafness.js'

/** A node, and how often it has left its broker. */
function node(t: TestContext, chance = 0, brokers = 1) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const counts = { left: 0 }
  const deafness = new Deafness(SPELL_MS, brokers, { next: () => chance }, () => counts.left++)
  t.after(() => deafness.stop())
  const pass = (spells: number, each: (spell: number) => void) => {
    for (let spell = 0; spell < spells; spell++) {
      each(spell)
      t.mock.timers.tick(SPELL_MS)
    }
  }
  const speak = (spells: number) => pass(spells, () => deafness.spoken())
  return { counts, deafness, pass, speak }
}

test('who speaks and hears nothing leaves its broker, and each time it tries in vain it waits longer', (t) => {
  const { counts, speak } = node(t)
  speak(SPELLS_MIN - 1)
  assert.equal(counts.left, 0)
  speak(1)
  assert.equal(counts.left, 1)
  speak(2 * SPELLS_MIN - 1)
  assert.equal(counts.left, 1)
  speak(1)
  assert.equal(counts.left, 2)
})

test('the other brokers are tried soon one after the other, before it waits longer', (t) => {
  const { counts, speak } = node(t, 0, 3)
  speak(SPELLS_MIN + 2 + 2)
  assert.equal(counts.left, 3)
  speak(2 * SPELLS_MIN - 1)
  assert.equal(counts.left, 3)
  speak(1)
  assert.equal(counts.left, 4)
})

test('nodes of one broker do not all leave it at the same time', (t) => {
  const { counts, speak } = node(t, 0.99)
  speak(2 * SPELLS_MIN - 2)
  assert.equal(counts.left, 0)
  speak(1)
  assert.equal(counts.left, 1)
})

test('who hears something now and then stays, and who has left and hears is as patient as before', (t) => {
  const { counts, deafness, pass, speak } = node(t)
  pass(100, (spell) => {
    deafness.spoken()
    if (spell % SPELLS_MIN === 0) deafness.heard()
  })
  assert.equal(counts.left, 0)
  speak(SPELLS_MIN)
  deafness.heard()
  speak(SPELLS_MIN)
  assert.equal(counts.left, 2)
})

test('who says nothing, or only now and then, waits for nobody', (t) => {
  const { counts, deafness, pass } = node(t)
  pass(100, (spell) => {
    if (spell % SPELLS_MIN > 0) deafness.spoken()
  })
  assert.equal(counts.left, 0)
})
