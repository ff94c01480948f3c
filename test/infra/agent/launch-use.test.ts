import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { usagesOf, usesOf } from '../../../infra/agent/launch-use.js'
import type { ProcessUse } from '../../../infra/process-table.js'

const process = (pid: number, parent: number, group: number, ticks = 10, memBytes = 100): ProcessUse =>
  ({ pid, parent, group, ticks, memBytes })

test('what the processes of a group use is that of its launch, children with groups of their own included', () => {
  const table = [
    process(1, 0, 1), process(10, 1, 10), process(11, 10, 10), process(12, 11, 12), process(13, 12, 13),
    process(20, 1, 20), process(99, 98, 99),
  ]
  const uses = usesOf(table, new Map([[10, 'L1'], [20, 'L2'], [30, 'L3']]))
  assert.deepEqual([...uses], [
    ['L1', { processes: 4, memBytes: 400, ticks: 40 }], ['L2', { processes: 1, memBytes: 100, ticks: 10 }],
  ])
})

test('processors are told by what was used since, of those that were seen before, the busiest first', () => {
  const before = new Map([
    ['L1', { processes: 1, memBytes: 5, ticks: 100 }], ['L2', { processes: 1, memBytes: 5, ticks: 50 }],
  ])
  const now = new Map([
    ['L1', { processes: 1, memBytes: 5, ticks: 150 }], ['L2', { processes: 2, memBytes: 6, ticks: 450 }],
    ['L3', { processes: 1, memBytes: 7, ticks: 3 }],
  ])
  assert.deepEqual(usagesOf(now, before, 2_000), [
    { launchId: 'L2', processes: 2, memBytes: 6, cpus: 2 }, { launchId: 'L1', processes: 1, memBytes: 5, cpus: 0.25 },
    { launchId: 'L3', processes: 1, memBytes: 7 },
  ])
})

test('whatever a table says, each process is counted once at the most, and none is used negatively', () => {
  const one = fc.record({
    pid: fc.integer({ min: 1, max: 12 }), parent: fc.integer({ min: 0, max: 12 }),
    group: fc.integer({ min: 0, max: 12 }), ticks: fc.nat(100), memBytes: fc.nat(100),
  })
  const tables = fc.uniqueArray(one, { selector: ({ pid }) => pid })
  const groups = new Map([[3, 'L3'], [4, 'L4']])
  fc.assert(fc.property(tables, tables, fc.nat(1_000), (before, now, overMs) => {
    const uses = usesOf(now, groups)
    const counted = [...uses.values()].reduce((sum, { processes }) => sum + processes, 0)
    assert.ok(counted <= now.length)
    for (const { cpus = 0 } of usagesOf(uses, usesOf(before, groups), overMs)) assert.ok(cpus >= 0)
  }))
})
