import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probeBusyness, probeMachine, withoutHost } from '../../infra/probe.js'

test('the host keeps its part, or half of a small machine', () => {
  assert.equal(withoutHost(16_384, 1_024), 15_360)
  assert.equal(withoutHost(2_048, 1_024), 1_024)
  assert.equal(withoutHost(2_047, 1_024), 1_023)
  assert.equal(withoutHost(512.7, 1_024), 256)
})

test('this machine has something to offer', async () => {
  const machine = await probeMachine('/tmp')
  assert.ok(Number.isInteger(machine.cpus) && machine.cpus >= 1)
  assert.ok(Number.isInteger(machine.memMb) && machine.memMb > 0)
  assert.ok(Number.isInteger(machine.diskMb) && machine.diskMb > 0)
  assert.deepEqual(machine.ports, [[31_000, 32_000]])
  assert.match(machine.bootId, /^[0-9a-f-]{36}$/)
  assert.notEqual(machine.hostname, '')
})

test('what cannot be probed gets its fallback', async () => {
  assert.equal((await probeMachine('/no/such/directory')).diskMb, 10_240)
})

test('this machine tells how busy it is', async () => {
  const { cpus, cpusUsed, memBytes, memUsedBytes, diskBytes, diskUsedBytes, loads } = await probeBusyness('/tmp')
  assert.ok(cpus >= 1 && cpusUsed >= 0 && cpusUsed <= cpus)
  assert.ok(memUsedBytes > 0 && memUsedBytes <= memBytes && diskUsedBytes >= 0 && diskUsedBytes <= diskBytes)
  assert.equal(loads.length, 3)
  await assert.rejects(probeBusyness('/no/such/directory'))
})
