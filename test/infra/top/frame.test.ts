import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { widthOf } from '../../../infra/top/cells.js'
import { frame, type Drawing } from '../../../infra/top/frame.js'
import { fold, NOTHING_YET } from '../../../infra/top/state.js'
import { FIRST_VIEW, type View } from '../../../infra/top/view.js'
import { agent, clusterOf, framework, OVERVIEW, pulse } from './views.js'

const many = clusterOf(
  Array.from({ length: 40 }, (_, at) => agent(`S${at + 10}`, { used: { cpus: at / 10, mem: at } })),
  Array.from({ length: 9 }, (_, at) => framework(`F${at}`)))
const drawn = (columns: number, rows: number, view: Partial<View> = {}, state = many) =>
  frame(state, { ...FIRST_VIEW, ...view }, { columns, rows, colours: false, keys: true })

test('a wide terminal shows who leads, what is used, what runs, how fast, and both lists', () => {
  const lines = drawn(100, 40)
  assert.equal(lines.length, 40)
  assert.match(lines[0] ?? '', /^cluster prod {2}leader m1 {2}epoch 7 {2}standby m2, m3 +$/)
  const text = lines.join('\n')
  assert.match(text, /^cpus {4}\[\|{15}:{30} {15}\] {2}2 of 8, 4 offered$/m)
  assert.match(text, /^tasks {3}40 FINISHED, 3 RUNNING$/m)
  assert.match(text, /^rates {3}3\/s launched, 1\/s ended$/m)
  assert.match(text, /^offers {2}1 out, 4\/s made, 2\/s accepted, 0\/s declined$/m)
  assert.match(text, /^AGENT 1-\d+\/40 +STATE +TASKS +CPUS +MEM +CPUS OFFERED +ID/m)
  assert.match(text, /^host-S49 +active +1 +3\.9 \/ 4 +39M \/ 8G +0 +S49 +$/m)
  assert.match(text, /^FRAMEWORK +STATE +TASKS +CPUS +MEM +ROLES +ID/m)
  assert.match(text, /^name-F8 /m)
  assert.match(lines.at(-1) ?? '', /^q quit/)
})

test('40 columns and 10 rows show the figures and one list', () => {
  assert.deepEqual(drawn(40, 10), [
    'cluster prod  leader m1  epoch 7  stand…',
    'cpus    [|||::::::  ]  2 of 8, 4 offered',
    'mem     [|                  ]  1G of 16G',
    'tasks   40 FINISHED, 3 RUNNING',
    'rates   3/s launched, 1/s ended',
    'AGENT 1-3/40          TASKS         CPUS',
    'host-S49                  1      3.9 / 4',
    'host-S48                  1      3.8 / 4',
    'host-S47                  1      3.7 / 4',
    'q quit  c m t n s sort  r reverse  Tab …',
  ])
  assert.match(drawn(40, 10, { focus: 'frameworks' })[5] ?? '', /^FRAMEWORK 1-3\/9/)
})

test('a list is scrolled to its end and not beyond', () => {
  assert.match(drawn(40, 10, { offset: 5 })[5] ?? '', /^AGENT 6-8\/40/)
  assert.match(drawn(40, 10, { offset: 500 })[5] ?? '', /^AGENT 38-40\/40/)
})

test('without a cluster it says that it waits; without a leader what is wrong, and what was known', () => {
  assert.match(drawn(40, 10, {}, NOTHING_YET)[0] ?? '', /^waiting for the cluster/)
  const lines = drawn(40, 10, {}, fold(many, { type: 'lost', problem: 'cannot reach the master at http://x' }))
  assert.equal(lines[1], 'cannot reach the master at http://x')
  assert.match(lines.join('\n'), /not known yet/)
})

test('what somebody should look at stands below the title, the worst first', () => {
  const away = [
    { noun: 'agent', id: 'S8', name: 'near', state: 'disconnected' },
    { noun: 'agent', id: 'S9', name: 'far', state: 'unreachable' },
  ] as const
  const agents = { active: 1, unreachable: 1, disconnected: 1 }
  const ill = fold(many, { type: 'overview', overview: { ...OVERVIEW, agents, away } })
  const blocked = { ...pulse(3_000, 0), own: { deadLetters: 2, connection: 'blocked', reason: 'low on disk' } }
  const lines = drawn(100, 30, {}, fold(ill, { type: 'pulse', pulse: blocked }))
  assert.deepEqual(lines.slice(1, 5), [
    '1 agent unreachable: far: silent for too long; tasks there are UNREACHABLE',
    'The broker connection is blocked: low on disk',
    '1 agent disconnected: near: away for the moment; tasks there run on',
    'Dead letters are rising: 2 more in the last minute, at the leader',
  ])
  assert.match(drawn(40, 10, {}, ill)[1] ?? '', /^1 agent unreachable: far: silent/)
  assert.doesNotMatch(drawn(40, 10, {}, ill).join('\n'), /disconnected/)
})

test('with nobody to press keys and no end of rows everything is shown', () => {
  const lines = frame(many, FIRST_VIEW, { columns: 100, rows: Infinity, colours: false, keys: false })
  assert.equal(lines.filter((line) => line.startsWith('host-')).length, 40)
  assert.equal(lines.filter((line) => line.startsWith('name-')).length, 9)
  assert.ok(!lines.some((line) => /q quit|^rates/.test(line)))
})

test('a resource that there is none of, and an empty cluster, are drawn as well', () => {
  const empty = fold(NOTHING_YET, { type: 'overview', overview: {
    ...OVERVIEW, tasks: {}, agents: {}, resources: { total: {}, used: {}, offered: {} },
  } })
  const text = drawn(80, 24, {}, empty).join('\n')
  assert.match(text, /^tasks {3}none$/m)
  assert.match(text, /^no agents +$/m)
})

test('in no terminal is a line too wide, or one too many, whatever things are called', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 30 })
  const row = fc.record({ name, tasks: fc.nat(1e6), cpus: fc.double({ min: 0, max: 1e5, noNaN: true }) })
  fc.assert(fc.property(
    fc.array(row, { maxLength: 30 }), fc.array(row, { maxLength: 30 }), fc.integer({ min: 20, max: 200 }),
    fc.integer({ min: 1, max: 60 }), fc.boolean(), fc.constantFrom('agents' as const, 'frameworks' as const),
    (agents, frameworks, columns, rows, colours, focus) => {
      const state = clusterOf(
        agents.map(({ name, tasks, cpus }, at) => agent(`S${at}`, { name, tasks, used: { cpus } })),
        frameworks.map(({ name, tasks, cpus }, at) => framework(`F${at}`, { name, tasks, used: { cpus } })))
      const drawing: Drawing = { columns, rows, colours, keys: true }
      const lines = frame(state, { ...FIRST_VIEW, focus, offset: 3 }, drawing)
      assert.ok(lines.length <= rows, `${lines.length} of ${rows}`)
      for (const line of lines) assert.ok(widthOf(line) <= columns, JSON.stringify(line))
    }))
})
