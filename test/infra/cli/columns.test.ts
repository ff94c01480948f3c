import assert from 'node:assert/strict'
import { test } from 'node:test'
import { age, amounts, columns, facts } from '../../../infra/cli/columns.js'

test('columns are as wide as what is in them, and the last is not padded', () => {
  const rows = [['a', 'é'.repeat(5), 'x'], ['long', '', '']]
  assert.equal(columns(['ID', 'NAME', 'LAST'], rows, true), 'ID    NAME   LAST\na     ééééé  x\nlong\n')
  assert.equal(columns(['ID', 'NAME', 'LAST'], rows, false), 'a     ééééé  x\nlong\n')
})

test('nothing that a task is called reaches the terminal as a command', () => {
  assert.equal(columns(['A', 'B'], [['\u001b[2J', 'a\nb']], false), '\\x1b[2J  a⏎b\n')
  assert.equal(facts([['name', '\u009b31m'], ['none', undefined], ['no', '']]), 'name  \\x9b31m\n')
})

test('amounts read as people say them', () => {
  assert.equal(amounts({ cpus: 1, mem: 512 }), '1 cpu, 512 MB')
  const all = { cpus: 2.5, mem: 1, disk: 10, gpus: 2, ports: '[1-2]', zones: '{a,b}' }
  assert.equal(amounts(all), '2.5 cpus, 1 MB, 10 MB disk, 2 gpus, ports [1-2], zones {a,b}')
  assert.equal(amounts(all, true), '2.5 cpus, 1 MB, 2 gpus')
  assert.equal(amounts({}), '-')
})

test('an age has one unit, the largest that fits', () => {
  const now = Date.parse('2026-01-02T00:00:00Z')
  const ages = ['02T00:00:05', '01T23:59:01', '01T23:00:01', '01T00:00:00']
    .map((rest) => `2026-01-${rest}Z`)
  assert.deepEqual(ages.map((since) => age(since, now)), ['0s', '59s', '59m', '1d'])
})
