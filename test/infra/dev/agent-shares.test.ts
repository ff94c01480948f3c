import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseResources } from '../../../actors/resources/parse.js'
import { printResources } from '../../../actors/resources/print.js'
import { countOf } from '../../../actors/resources/ranges.js'
import { contains, NONE, scalar, sum, type Resources } from '../../../actors/resources/resources.js'
import { AGENTS_MAX, agentShares, overShare } from '../../../infra/dev/agent-shares.js'
import type { Machine } from '../../../infra/probe.js'

const machine: Machine = {
  hostname: 'h', bootId: 'b', cpus: 8, memMb: 15_001, diskMb: 99_999, ports: [[31_000, 32_000]],
}

const resources = (text: string): Resources => {
  const parsed = parseResources(text)
  assert.ok(parsed.ok)
  return parsed.value
}

test('a machine is divided in equal parts, with ports of their own', () => {
  assert.deepEqual(agentShares(2, machine).map(printResources), [
    'cpus:4;mem:7500;disk:49999;ports:[31000-31499]', 'cpus:4;mem:7500;disk:49999;ports:[31500-32000]',
  ])
})

test('no agent has less than one processor, and otherwise no more is promised than there is', () => {
  const counts = fc.integer({ min: 1, max: AGENTS_MAX })
  fc.assert(fc.property(counts, fc.integer({ min: 1, max: 64 }), (count, cpus) => {
    const shares = agentShares(count, { ...machine, cpus })
    const all = sum(shares)
    assert.ok(shares.every((share) => scalar(share, 'cpus') >= 1))
    assert.ok(scalar(all, 'cpus') <= Math.max(cpus, count))
    assert.ok(scalar(all, 'mem') <= machine.memMb && scalar(all, 'disk') <= machine.diskMb)
    const ports = shares.map((share) => countOf(share.ranges['ports'] ?? []))
    assert.equal(countOf(all.ranges['ports'] ?? []), ports.reduce((total, count) => total + count, 0))
    assert.ok(contains(resources('ports:[31000-32000]'), { ...NONE, ranges: all.ranges }))
  }))
})

test('a number of agents that makes no sense is refused, with the range of those that do', () => {
  for (const count of [0, -1, 1.5, Number.NaN, AGENTS_MAX + 1]) {
    assert.throws(() => agentShares(count, machine), /choose between 1 and 64/)
  }
  const few = { ...machine, ports: [[1, 100]] as const }
  assert.throws(() => agentShares(64, few), /100 ports do not suffice for 64 agents/)
})

test('what is given for an agent replaces its share, name by name', () => {
  const [share = NONE] = agentShares(1, machine)
  assert.equal(printResources(overShare(resources('cpus:1;gpus:2;ports:[5-6]'), share)),
    'cpus:1;mem:15001;disk:99999;gpus:2;ports:[5-6]')
})
