import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TaskView } from '../../../actors/protocol/operator.js'
import { CANDIDATES_MAX, find, findTask, inOrder, isAgentId, successorOf } from '../../../infra/http/identity.js'
import { Refusal } from '../../../infra/http/refusal.js'

const view = (framework: string, id: string, launch: string, state = 'FINISHED', name = id) =>
  ({ framework, id, launch, state, name }) as TaskView

const refused = (code: string, candidates?: readonly string[]) => (error: unknown) => {
  assert.ok(error instanceof Refusal)
  assert.equal(error.code, code)
  assert.deepEqual(error.details.candidates, candidates)
  return true
}

test('a whole id wins over beginnings', () => {
  const all = [{ id: 'S1' }, { id: 'S10' }, { id: 'S11' }]
  assert.equal(find('agent', 'S1', all).id, 'S1')
  assert.throws(() => find('agent', 'S', all), refused('ambiguous', ['S1', 'S10', 'S11']))
  assert.throws(() => find('agent', 'T', all), refused('not-found'))
  assert.throws(() => find('agent', '', all), refused('not-found'))
})

test('a name means whoever has it, if one only has; a whole id wins over it, and it over beginnings', () => {
  const all = [
    { id: 'S0', name: 'a1', state: 'gone' }, { id: 'S1', name: 'a1', state: 'active' },
    { id: 'S10', name: 'S1', state: 'active' }, { id: 'S2', name: 'two' }, { id: 'S3', name: 'two' },
    { id: 'S4', name: 'S' },
  ]
  const found = (wanted: string) => find('agent', wanted, all).id
  assert.deepEqual(['a1', 'S1', 'S'].map(found), ['S1', 'S1', 'S4'])
  assert.throws(() => found('two'), refused('ambiguous', ['S2', 'S3']))
  assert.throws(() => found('tw'), refused('not-found'))
})

test('so many candidates are named, and the rest counted', () => {
  const all = Array.from({ length: 25 }, (_, index) => ({ id: `S${index}` }))
  assert.throws(() => find('agent', 'S', all), (error) => error instanceof Refusal
    && error.details.candidates?.length === CANDIDATES_MAX && / and 15 more$/.test(error.message))
})

test('a task is found by id, name, framework and id, launch, and beginnings of them', () => {
  const web = view('F2', 'beta', 'L2', 'RUNNING', 'web')
  const all = [view('F1', 'alpha', 'L1'), web, view('F2', 'alps', 'L12')]
  const found = (wanted: string) => findTask(wanted, all).launch
  assert.deepEqual(['alpha', 'alph', 'web', 'F2/b', 'F2/alps', 'L1', 'L2', 'L12', 'F1/'].map(found),
    ['L1', 'L1', 'L2', 'L2', 'L12', 'L1', 'L2', 'L12', 'L1'])
  assert.throws(() => found('al'), refused('ambiguous', ['F1/alpha', 'F2/alps']))
  assert.throws(() => found('gamma'), refused('not-found'))
  assert.throws(() => found('F3/alpha'), refused('not-found'))
})

test('of tasks with one id, the one that lives is meant; of launches of one task, the last', () => {
  const ended = [view('F1', 't', 'L9'), view('F2', 't', 'L8'), view('F2', 't', 'L10')]
  assert.throws(() => findTask('t', ended), refused('ambiguous', ['F1/t', 'F2/t']))
  assert.equal(findTask('F2/t', ended).launch, 'L10')
  assert.equal(findTask('t', [...ended, view('F3', 't', 'L7', 'RUNNING')]).framework, 'F3')
  const older = findTask('L8', ended)
  assert.equal(older.launch, 'L8')
  assert.equal(successorOf(older, ended)?.launch, 'L10')
  assert.equal(successorOf(findTask('L10', ended), ended), undefined)
})

test('ids sort by the number at their end', () => {
  assert.deepEqual(['a-L10', 'a-L9', 'a-L100', 'a-L1'].sort(inOrder), ['a-L1', 'a-L9', 'a-L10', 'a-L100'])
})

test('a whole id of an agent is told from a name, and from the beginning of an id', () => {
  for (const id of ['k3x9-S0', 'k3x9-S12', 'k3x9-S12-a7f2']) assert.ok(isAgentId(id), id)
  for (const other of ['a1', '', 'k3x9-S', 'k3x9-S12-', 'S1', 'rack-Sun1']) assert.ok(!isAgentId(other), other)
})
