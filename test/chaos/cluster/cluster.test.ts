/**
 * Two rounds of chaos, always the same: `npm run chaos` plays many more, for as long as one likes.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAULTS } from './faults.js'
import { play } from './run.js'

const NAMES = ['three-killed', 'leader-killed']
const SEED = 5
const SETTINGS = { masters: 2, agents: 2, frameworks: 1, executors: false, brokers: 1 }

test('a leader, an agent and a scheduler are killed at once, then the next leader: all holds', async () => {
  const said: string[] = []
  const faults = NAMES.flatMap((name) => {
    const fault = FAULTS.get(name)
    return fault ? [[name, fault] as const] : []
  })
  const { rounds } = await play({
    settings: SETTINGS, faults, seed: SEED, forMs: Infinity, keeps: false, say: (text) => void said.push(text),
  })
  assert.deepEqual(rounds.flatMap(({ verdict }) => verdict.violations), [], said.join('\n'))
  assert.deepEqual(rounds.map(({ fault }) => fault), NAMES)
  for (const { fault, verdict } of rounds) assert.ok(verdict.tasks > 0, `${fault} was not under load`)
})
