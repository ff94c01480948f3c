import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {
  ARGUMENT_CHARACTERS_MAX, COMMAND_CHARACTERS_MAX, commandProblem, timesIn,
} from '../../../actors/frameworks/batch-packing.js'
import { of } from '../../../actors/resources/amounts.js'
import { contains, subtract } from '../../../actors/resources/resources.js'

test('as many fit as can be taken out one by one', () => {
  const units = fc.integer({ min: 1, max: 40 })
  fc.assert(fc.property(units, units, units, units, (cpus, mem, wantedCpus, wantedMem) => {
    const wanted = of({ cpus: wantedCpus / 8, mem: wantedMem })
    let rest = of({ cpus: cpus / 8, mem, ports: '[1-2]' })
    const times = timesIn(rest, wanted)
    for (let taken = 0; taken < times; taken++) rest = subtract(rest, wanted)
    assert.equal(contains(rest, wanted), false)
  }))
})

test('what an offer does not have at all fits no times', () => {
  assert.equal(timesIn(of({ cpus: 4 }), of({ cpus: 1, gpus: 1 })), 0)
  assert.equal(timesIn(of({ cpus: 4 }), of({})), 0)
})

test('a command that would not travel is named with the bound', () => {
  assert.equal(commandProblem(['echo', 'x'.repeat(ARGUMENT_CHARACTERS_MAX)]), undefined)
  const long = 'x'.repeat(ARGUMENT_CHARACTERS_MAX + 1)
  assert.match(commandProblem(['echo', long]) ?? '', /65537 characters; at most 65536/)
  const many = Array.from({ length: 5 }, () => 'x'.repeat(COMMAND_CHARACTERS_MAX / 4))
  assert.match(commandProblem(many) ?? '', /the command has 327680 characters/)
})
