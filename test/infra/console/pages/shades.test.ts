import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentView } from '../../../../actors/protocol/operator.js'
import { shadeOf, SHADES, wordsOf } from '../../../../infra/console/pages/shades.js'

const agent = {
  id: 'S0', name: 'a1', hostname: 'rock', state: 'active', connection: 'connected', attributes: 'rack:r1', tasks: 2,
  resources: { cpus: 4, mem: 1_024 }, used: { cpus: 3 }, offered: {},
} as unknown as AgentView
const usage = {
  cpus: 2, cpusUsed: 0.5, overMs: 1_000, memBytes: 10, memUsedBytes: 4, diskBytes: 1, diskUsedBytes: 0,
  load1: 0, load5: 0, load15: 0,
}

test('a machine is shaded by what is allocated, or by what is in use where that is known', () => {
  const measured = new Map([['S0', usage]])
  assert.deepEqual([null, 'cpu', 'mem', 'x'].map(shadeOf), ['allocated', 'cpu', 'mem', 'allocated'])
  assert.deepEqual(Object.values(SHADES).map(({ part }) => part(agent, measured)), [0.75, 0.25, 0.4])
  assert.deepEqual(Object.values(SHADES).map(({ part }) => part(agent, new Map())), [0.75, undefined, undefined])
})

test('what is said of a machine names what is known of it', () => {
  assert.equal(wordsOf(agent, undefined), 'a1, active\n75 % allocated, 2 tasks\n4 CPU, 1 GB memory\nrack:r1')
  assert.match(wordsOf(agent, usage), /\n25 % of CPU and 40 % of memory in use\n/)
})
