import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LaunchId } from '../../../../actors/protocol/ids.js'
import type { MachineUsage } from '../../../../actors/protocol/usage.js'
import { cpuPart, dueOf, kept, linesOf, remarkOf } from '../../../../infra/console/usage/parts.js'

const GIGABYTE = 1_024 ** 3
const usage = (changes: Partial<MachineUsage> = {}): MachineUsage => ({
  cpus: 4, cpusUsed: 0.2, overMs: 1_000, memBytes: 8 * GIGABYTE, memUsedBytes: 4 * GIGABYTE,
  diskBytes: 100 * GIGABYTE, diskUsedBytes: 10 * GIGABYTE, load1: 1, load5: 1, load15: 1, ...changes,
})
const agent = { resources: { cpus: 4, mem: 4_096, ports: '[1-2]' }, used: { cpus: 3.6, mem: 1_024 } }

test('each resource is told from both sides; what is not offered has only one', () => {
  const launches = [{ launchId: 'L1' as LaunchId, processes: 1, memBytes: 1, cpus: 0.1 }]
  const [cpus, mem, disk] = linesOf(usage({ launches }), agent)
  assert.deepEqual([cpus?.allocated, cpus?.busy],
    [{ part: 0.9, words: '3.6 of 4 CPU' }, { part: 0.05, words: '0.2 of 4 CPU, 0.1 by tasks' }])
  assert.deepEqual([mem?.allocated?.words, mem?.busy.words], ['1 GB of 4 GB', '4 GB of 8 GB'])
  assert.deepEqual([disk?.allocated, disk?.busy.part], [undefined, 0.1])
})

test('what is allocated and not used is remarked, and so is what is short; the usual is not', () => {
  const remark = (changes: Partial<MachineUsage>) => remarkOf(linesOf(usage(changes), agent))
  assert.equal(remark({}), '90 % of its CPU is allocated and 5 % in use: tasks here ask for more than they need.')
  assert.equal(remark({ cpusUsed: 3 }), undefined)
  assert.equal(remark({ cpusUsed: 4, diskUsedBytes: 99 * GIGABYTE }),
    '100 % of its CPU and 99 % of its disk is in use: what runs here may have to wait, or fail.')
})

test('a part is never less than none nor more than all', () => {
  const odd = [{ cpusUsed: 9 }, { cpus: 0 }, { cpusUsed: -1 }]
  assert.deepEqual(odd.map((changes) => cpuPart(usage(changes))), [1, 0, 0])
})

test('of a row the last are kept', () => {
  assert.deepEqual(kept([1, 2], 3, 2), [2, 3])
})

test('everybody who is wanted gets a turn, however many there are', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 9 }), (count, max) => {
    const wanted = Array.from({ length: count }, (_, number) => `a${number}`)
    const askedMs = new Map<string, number>()
    let nowMs = 100_000
    for (let turn = 0; turn < Math.ceil(count / max); turn++) {
      const due = dueOf(wanted, askedMs, nowMs, 5_000, max)
      assert.ok(due.length <= max)
      for (const id of due) askedMs.set(id, nowMs)
      nowMs += 2_000
    }
    assert.equal(askedMs.size, count)
  }))
  assert.deepEqual(dueOf(['a'], new Map([['a', 1_000]]), 5_999, 5_000, 9), [])
})
