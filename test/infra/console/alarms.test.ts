import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OverviewView } from '../../../actors/protocol/operator.js'
import { alarmsOf } from '../../../infra/console/alarms.js'
import type { Pulse } from '../../../infra/console/pulse.js'

const well: OverviewView = {
  cluster: 'c',
  epoch: 1,
  leading: true,
  leader: 'm1',
  resources: { total: {}, used: {}, offered: {} },
  agents: { active: 2 },
  frameworks: {},
  tasks: {},
  offers: 0,
  away: [],
}
const pulse = (deadLetters: number, connection = 'connected'): Pulse => ({
  atMs: 0,
  rates: { launched: 0, ended: 0, offered: 0, accepted: 0, declined: 0 },
  own: { deadLetters, connection },
})

test('a cluster that is well raises no alarm', () => {
  assert.deepEqual(alarmsOf(well, [pulse(3), pulse(3)]), [])
})

test('who is away, a broker without room and rising dead letters are alarms', () => {
  const away = [
    { noun: 'agent', id: 'S1', name: 'rock', state: 'unreachable' },
    { noun: 'framework', id: 'F1', name: 'web', state: 'disconnected' },
  ] as const
  const ill = { ...well, agents: { active: 1, unreachable: 1 }, frameworks: { disconnected: 1 }, away }
  const alarms = alarmsOf(ill, [pulse(3), pulse(5, 'blocked')])
  assert.deepEqual(
    alarms.map(({ level, title }) => [level, title]),
    [
      ['bad', '1 agent unreachable'],
      ['warn', '1 framework disconnected'],
      ['bad', 'The broker connection is blocked'],
      ['warn', 'Dead letters are rising'],
    ],
  )
  assert.match(alarms[0]?.text ?? '', /^rock: /)
})

test('a cluster without agents says what to do', () => {
  assert.match(alarmsOf({ ...well, agents: {} }, [])[0]?.text ?? '', /warren agent/)
})
