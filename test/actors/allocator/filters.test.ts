import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Filters, REFUSALS_PER_AGENT_MAX } from '../../../actors/allocator/filters.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import { of } from '../../../actors/resources/amounts.js'
import { contains, type Resources } from '../../../actors/resources/resources.js'

const framework = 'framework' as FrameworkId
const other = 'other' as FrameworkId
const role = 'role' as Role
const agent = 'agent' as AgentId
const farAgent = 'far' as AgentId

test('a refusal blocks what is no more than what was refused, until it ends', () => {
  const filters = new Filters()
  filters.add(framework, role, agent, of({ cpus: 1, mem: 1024 }), 5000)
  const blocked = (offered: Resources, nowMs: number) => {
    return filters.blocking(framework, role, agent, offered, nowMs)?.atMs
  }
  assert.equal(blocked(of({ cpus: 1, mem: 1024 }), 0), 5000)
  assert.equal(blocked(of({ cpus: 0.5 }), 4999), 5000)
  assert.equal(blocked(of({ cpus: 3, mem: 2048 }), 0), undefined)
  assert.equal(blocked(of({ cpus: 1, mem: 1024, disk: 1 }), 0), undefined)
  assert.equal(blocked(of({ cpus: 1 }), 5000), undefined)
  assert.equal(filters.blocking(other, role, agent, of({ cpus: 1 }), 0)?.atMs, undefined)
  assert.equal(filters.blocking(framework, 'else' as Role, agent, of({ cpus: 1 }), 0)?.atMs, undefined)
  assert.equal(filters.blocking(framework, role, farAgent, of({ cpus: 1 }), 0)?.atMs, undefined)
})

test('the next expiry is known, and expiring names the agents to look at again', () => {
  const filters = new Filters()
  assert.equal(filters.nextExpiryMs(), undefined)
  filters.add(framework, role, agent, of({ cpus: 1 }), 5000)
  filters.add(other, role, farAgent, of({ cpus: 1 }), 3000)
  assert.equal(filters.nextExpiryMs(), 3000)
  assert.deepEqual(filters.expire(2999), new Set())
  assert.deepEqual(filters.expire(3000), new Set([farAgent]))
  assert.equal(filters.nextExpiryMs(), 5000)
  assert.deepEqual(filters.expire(9000), new Set([agent]))
  assert.equal(filters.nextExpiryMs(), undefined)
  assert.equal(filters.size, 0)
})

test('reviving forgets the refusals of the framework in those roles, and of nobody else', () => {
  const filters = new Filters()
  filters.add(framework, role, agent, of({ cpus: 1 }), 5000)
  filters.add(framework, 'else' as Role, agent, of({ cpus: 1 }), 6000)
  filters.add(other, role, agent, of({ cpus: 1 }), 7000)
  filters.clearFramework(framework, [role])
  assert.equal(filters.nextExpiryMs(), 6000)
  filters.clearFramework(framework)
  assert.equal(filters.nextExpiryMs(), 7000)
  filters.clearAgent(agent)
  assert.equal(filters.size, 0)
})

test('a refusal that says no more than another is not kept, and their number is bounded', () => {
  const filters = new Filters()
  filters.add(framework, role, agent, of({ cpus: 2 }), 5000)
  filters.add(framework, role, agent, of({ cpus: 1 }), 5000)
  assert.equal(filters.size, 1)
  filters.add(framework, role, agent, of({ cpus: 3 }), 6000)
  assert.equal(filters.size, 1)
  for (let index = 0; index < 50; index += 1) {
    filters.add(framework, role, agent, of({ cpus: 50 - index, mem: 100 + index }), 6000 + index)
  }
  assert.equal(filters.size, REFUSALS_PER_AGENT_MAX)
  assert.equal(filters.blocking(framework, role, agent, of({ cpus: 1, mem: 149 }), 0)?.atMs, 6049)
})

test('the filters agree with a plain list of refusals', () => {
  const framework = fc.constantFrom('f1' as FrameworkId, 'f2' as FrameworkId)
  const agent = fc.constantFrom('a1' as AgentId, 'a2' as AgentId, 'a3' as AgentId)
  const resources = fc.record({ cpus: fc.nat(2), mem: fc.nat(2) }).map(of)
  const step = fc.record({
    kind: fc.constantFrom('add', 'add', 'add', 'expire', 'clear-framework', 'clear-agent'),
    framework, agent, resources, afterMs: fc.integer({ min: 1, max: 20 }),
  })
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const filters = new Filters()
    type Plain = { framework: FrameworkId; agent: AgentId; resources: Resources; untilMs: number }
    let model: Plain[] = []
    let nowMs = 0
    for (const { kind, framework, agent, resources, afterMs } of steps) {
      if (kind === 'add') {
        model.push({ framework, agent, resources, untilMs: nowMs + afterMs })
        filters.add(framework, role, agent, resources, nowMs + afterMs)
      } else if (kind === 'expire') {
        nowMs += afterMs
        filters.expire(nowMs)
        model = model.filter(({ untilMs }) => untilMs > nowMs)
      } else if (kind === 'clear-framework') {
        filters.clearFramework(framework)
        model = model.filter((each) => each.framework !== framework)
      } else {
        filters.clearAgent(agent)
        model = model.filter((each) => each.agent !== agent)
      }
      const blocking = model.filter((each) => {
        return each.framework === framework && each.agent === agent && contains(each.resources, resources)
      })
      const expected = blocking.length === 0 ? undefined : Math.max(...blocking.map(({ untilMs }) => untilMs))
      assert.equal(filters.blocking(framework, role, agent, resources, nowMs)?.atMs, expected)
    }
  }))
})
