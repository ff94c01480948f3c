import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseResources } from '../../../actors/resources/parse.js'
import { describeResources, printResources } from '../../../actors/resources/print.js'
import { resourcesProblem } from '../../../actors/resources/validity.js'
import { NONE, type Resources } from '../../../actors/resources/resources.js'
import { resources } from './arbitraries.js'

function parsed(text: string): Resources {
  const result = parseResources(text)
  if (!result.ok) throw new assert.AssertionError({ message: result.problem })
  return result.value
}

test('all kinds are read, in thousandths, coalesced and sorted', () => {
  const text = ' cpus : 4.5; mem:4096 ;disk:10000;ports:[33000-33010, 31000-32000,32001];zones:{b,a};'
  assert.deepEqual(parsed(text), {
    scalars: { cpus: 4500, mem: 4_096_000, disk: 10_000_000 },
    ranges: { ports: [{ begin: 31000, end: 32001 }, { begin: 33000, end: 33010 }] },
    sets: { zones: ['a', 'b'] },
  })
})

test('nothing, zero, and empty brackets are all nothing', () => {
  const texts = ['', ' ; ', 'cpus:0', 'cpus:0.0', 'ports:[]', 'zones:{}']
  for (const text of texts) assert.deepEqual(parsed(text), NONE)
})

test('what is printed is read back the same', () => {
  fc.assert(fc.property(resources, (value) => assert.deepEqual(parsed(printResources(value)), value)))
})

test('the names that everybody looks for are printed first', () => {
  const text = 'cpus:4;mem:4096;disk:10000;gpus:2;ports:[31000-32000];bandwidth:0.001;zones:{a,b}'
  assert.equal(printResources(parsed(text.split(';').reverse().join(';'))), text)
  assert.equal(describeResources(parsed('mem:1024;cpus:1;ports:[1-2]')), '1 cpu, 1024 MB mem, ports [1-2]')
  assert.equal(describeResources(NONE), 'nothing')
})

const problems: readonly (readonly [text: string, problem: string])[] = [
  ['cpus', '"cpus" has no value: write name:value, such as cpus:4'],
  ['cpus:', '"cpus:" has no value: write cpus:value'],
  ['cpus:-4', 'cpus:-4 is negative: write 0 or more'],
  ['cpus:0.0004', 'cpus:0.0004 rounds to nothing: write at least 0.001, or 0'],
  ['cpus:two', 'cpus:"two" is no amount, ranges or set: write cpus:2, cpus:[1-9] or cpus:{a,b}'],
  ['cpus:1;mem:5;cpus:2', 'cpus is there twice: write it once'],
  ['mem:4GB', 'mem:4GB has a unit: mem is in MB, write mem:4096'],
  ['cpus:4cores', 'cpus:4cores has a unit: write a plain number, such as cpus:2'],
  ['cpus:1e3', 'cpus:"1e3" is no amount, ranges or set: write cpus:2, cpus:[1-9] or cpus:{a,b}'],
  ['mem:99999999999', 'mem:99999999999 is too much: write at most 1000000000'],
  ['gpus:0.5', 'gpus:0.5 is not whole: gpus cannot be split'],
  ['cpus:[1-2]', 'cpus must be an amount: write cpus:2'],
  ['ports:8080', 'ports must be ranges: write ports:[31000-31999]'],
  ['ports:[1-2', 'ports:"[1-2" has no end: close it with "]"'],
  ['ports:[a-b]', 'ports has "a-b", which is no range: write ports:[31000-31999]'],
  ['ports:[9-2]', 'ports:[9-2] ends before it begins: write ports:[2-9]'],
  ['ports:[1-5,3-9]', 'ports has ranges that overlap, 1-5 and 3-9: write each number once'],
  ['ports:[1-99999999999]', 'ports:[1-99999999999] is too far: write at most 4294967295'],
  ['zones:{a,b', 'zones:"{a,b" has no end: close it with "}"'],
  ['zones:{a,a}', 'zones has "a" twice: write it once'],
  ['zones:{a b}', 'zones has the item "a b": write letters, digits, "_", ".", "/" or "-"'],
]

for (const [text, problem] of problems) {
  test(`${text} is refused with the fix`, () => {
    assert.deepEqual(parseResources(text), { ok: false, problem })
  })
}

test('names that could reach into objects are refused', () => {
  for (const name of ['__proto__', '4cpus', 'c pus', 'cpus(role)', '', 'x'.repeat(65)]) {
    const result = parseResources(`${name}:1`)
    assert.equal(result.ok, false)
    assert.match(result.ok ? '' : result.problem, /is not a name: write letters/)
  }
})

test('any text is either read or refused in one line, and never throws', () => {
  const word = fc.constantFrom('cpus', ':', ';', '[', ']', '{', '}', '-', ',', '1', '0.1', 'a', ' ', '\n')
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(word).map((words) => words.join(''))), (text) => {
    const result = parseResources(text)
    if (result.ok) assert.equal(resourcesProblem(result.value), undefined)
    else assert.equal(result.problem.includes('\n'), false)
  }))
})

test('too much text is refused', () => {
  assert.equal(parseResources('a'.repeat(65_537)).ok, false)
  assert.equal(parseResources(Array.from({ length: 65 }, (_, index) => `r${index}:1`).join(';')).ok, false)
})

test('resources from elsewhere that are not canonical are named', () => {
  const none = { scalars: {}, ranges: {}, sets: {} }
  const strange: readonly Resources[] = [
    { ...none, scalars: { cpus: 0 } },
    { ...none, scalars: { cpus: 1.5 } },
    { ...none, scalars: { cpus: Number.NaN } },
    { ...none, scalars: { mem: 2e12 } },
    { ...none, scalars: JSON.parse('{"__proto__":1}') as Record<string, number> },
    { ...none, scalars: { ports: 1000 } },
    { ...none, scalars: { x: 1 }, sets: { x: ['a'] } },
    { ...none, ranges: { ports: [] } },
    { ...none, ranges: { ports: [{ begin: 1, end: 2 }, { begin: 3, end: 4 }] } },
    { ...none, ranges: { ports: [{ begin: 2, end: 1 }] } },
    { ...none, sets: { zones: ['b', 'a'] } },
    { ...none, sets: { zones: [] } },
  ]
  for (const value of strange) assert.equal(typeof resourcesProblem(value), 'string', JSON.stringify(value))
})
