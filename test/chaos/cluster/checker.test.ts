/** Each violation is found in a history that was made up for it, and nothing is found in a sound one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import type { TaskState } from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { check, type Verdict } from './checker.js'
import type { AgentEvidence, Evidence, HistoryEvent, Run } from './evidence.js'

const FRAMEWORK = 'f'
type Admitted = Extract<JournalEntry, { type: 'launch-admitted' }>
type Queued = Extract<JournalEntry, { type: 'update-queued' }>

const taken = (launchId: string, taskId: string, wanted: Parameters<typeof of>[0] = { cpus: 1 }): JournalEntry =>
  ({ type: 'launch-admitted', launchId, frameworkId: FRAMEWORK, role: '*', task: {
    taskId, name: taskId, resources: of(wanted) } }) as unknown as Admitted

const queued = (launchId: string, taskId: string, step: number, state: TaskState): JournalEntry =>
  ({ type: 'update-queued', update: {
    updateId: `${launchId}.${step}`, launchId, taskId, frameworkId: FRAMEWORK, state, source: 'executor', atMs: 0,
  } }) as unknown as Queued

const accepted = (taskId: string): HistoryEvent => ({ life: 1, atMs: 0, event: 'accepted', taskId })
const heard = (launchId: string, taskId: string, step: number, state: TaskState, life = 1): HistoryEvent =>
  ({ life, atMs: 0, event: 'updated', update: {
    launchId, taskId, updateId: `${launchId}.${step}`, state, source: 'executor' } })
const byMaster = (taskId: string, state: TaskState, launchId?: string): HistoryEvent =>
  ({ life: 1, atMs: 0, event: 'updated', update: {
    taskId, state, source: 'master', reason: 'reconciliation', ...(launchId === undefined ? {} : { launchId }) } })

const ran = (launchId: string, beginMs: number, endedMs?: number): Run => ({ launchId, begunMs: [beginMs], endedMs })

const agent = (parts: Partial<AgentEvidence>): AgentEvidence =>
  ({ name: 'a1', total: of({ cpus: 2, ports: [{ begin: 1, end: 2 }] }), journal: [], runs: [], epochs: [], ...parts })

const one = [taken('L1', 't1'), queued('L1', 't1', 1, 'RUNNING'), queued('L1', 't1', 2, 'FINISHED')]
const oneHeard = [accepted('t1'), heard('L1', 't1', 1, 'RUNNING'), heard('L1', 't1', 2, 'FINISHED')]

function judged(agents: Partial<AgentEvidence>[], events: HistoryEvent[], more: Partial<Evidence> = {}): Verdict {
  return check({
    agents: agents.map((each, index) => agent({ name: `a${index + 1}`, ...each })),
    frameworks: [{ name: 'f1', events }], masters: [], ...more,
  })
}

const broken = ({ violations }: Verdict): string[] => violations.map(({ invariant }) => invariant)
const words = ({ violations }: Verdict): string => violations.map(({ what }) => what).join('\n')

test('a sound history holds, and says how much was looked at', () => {
  const verdict = judged([{ journal: one, runs: [ran('L1', 10, 20)], epochs: [[1, 2, 2], [1]] }], oneHeard)
  assert.deepEqual(verdict, { violations: [], tasks: 1, updates: 2, neverArrived: 0 })
})

test('I1: a task that an agent has taken, and that has no end', () => {
  const verdict = judged([{ journal: one.slice(0, 2) }], oneHeard.slice(0, 2))
  assert.deepEqual(broken(verdict), ['I1'])
  assert.match(words(verdict), /f1: t1 is lost: it has no end; L1 at a1: RUNNING; it heard RUNNING \.1 in life 1/)
})

test('I1: one of which its author was told that nobody knows it, although an agent does', () => {
  assert.deepEqual(broken(judged([{ journal: one.slice(0, 1) }], [accepted('t1'), byMaster('t1', 'UNKNOWN')])), ['I1'])
})

test('an acceptance that was lost on its way is counted, and is no violation', () => {
  const verdict = judged([], [accepted('t1'), accepted('t2'), byMaster('t2', 'UNKNOWN')])
  assert.deepEqual([broken(verdict), verdict.neverArrived], [[], 2])
})

test('what is still under way is missed only at rest', () => {
  const frameworks = [{ name: 'f1', events: [accepted('t1')] }]
  const evidence = { agents: [agent({ journal: one })], frameworks, masters: [] }
  assert.deepEqual(broken(check(evidence, false)), [])
  assert.deepEqual(broken(check(evidence)), ['I1', 'I4', 'I4'])
})

test('I2: a launch that ran twice', () => {
  const verdict = judged([{ journal: one, runs: [{ launchId: 'L1', begunMs: [10, 12], endedMs: 20 }] }], oneHeard)
  assert.deepEqual(broken(verdict), ['I2'])
  assert.match(words(verdict), /L1 ran 2 times at a1/)
})

test('I2: a launch that two agents have taken', () => {
  assert.deepEqual(broken(judged([{ journal: one }, { journal: one.slice(0, 1) }], oneHeard)), ['I2'])
})

test('I2: a launch that ran and was not written down first', () => {
  assert.deepEqual(broken(judged([{ journal: one, runs: [ran('L9', 1, 2)] }], oneHeard)), ['I2'])
})

test('I2: a task that nobody has accepted', () => {
  assert.deepEqual(broken(judged([{ journal: one }], oneHeard.slice(1))), ['I2'])
})

test('I3: tasks that ran beside each other and did not fit, by the journal and by the clock', () => {
  const pair = [taken('L1', 't1', { cpus: 1.5 }), taken('L2', 't2'), queued('L1', 't1', 1, 'FINISHED'),
    queued('L2', 't2', 1, 'FINISHED')]
  const told = ['1', '2'].flatMap((id) => [accepted(`t${id}`), heard(`L${id}`, `t${id}`, 1, 'FINISHED')])
  const verdict = judged([{ journal: pair, runs: [ran('L1', 10, 30), ran('L2', 20, 25)] }], told)
  assert.deepEqual(broken(verdict), ['I3', 'I3'])
  assert.match(words(verdict), /a1 ran L2 .* beside L1 with only \{"cpus":0.5.*by its journal\n.*by the clock/)

  const after = [pair[0], pair[2], pair[1], pair[3]].filter((entry) => entry !== undefined)
  assert.deepEqual(broken(judged([{ journal: after, runs: [ran('L1', 10, 20), ran('L2', 20, 25)] }], told)), [])
  const asItBegan = [ran('L1', 12, 10), ran('L2', 20, 25)]
  assert.deepEqual(broken(judged([{ journal: after, runs: asItBegan }], told)), [], 'it said so while it was ended')
})

test('I3: a port that two tasks have at once', () => {
  const port = { ports: [{ begin: 1, end: 1 }] }
  const journal = [taken('L1', 't1', port), taken('L2', 't2', port), queued('L1', 't1', 1, 'FINISHED'),
    queued('L2', 't2', 1, 'FINISHED')]
  const told = ['1', '2'].flatMap((id) => [accepted(`t${id}`), heard(`L${id}`, `t${id}`, 1, 'FINISHED')])
  assert.deepEqual(broken(judged([{ journal, runs: [ran('L1', 1, 2), ran('L2', 3, 4)] }], told)), ['I3'])
})

test('I3: a task that does not fit beside an executor of another', () => {
  const held = { type: 'executor-held', frameworkId: FRAMEWORK, executorId: 'e', launchId: 'L1-executor',
    resources: of({ cpus: 1.5 }) } as unknown as JournalEntry
  const dropped = { ...held, type: 'executor-dropped' } as JournalEntry
  const runs = [ran('L1', 1, 2)]
  assert.deepEqual(broken(judged([{ journal: [held, ...one, dropped], runs }], oneHeard)), ['I3'])
  assert.deepEqual(broken(judged([{ journal: [held, held, dropped, ...one], runs }], oneHeard)), [])
})

test('a launch that was refused when it was written down has held nothing', () => {
  const journal = [taken('L1', 't1', { cpus: 2 }), taken('L2', 't2'), queued('L2', 't2', 1, 'DROPPED'),
    queued('L1', 't1', 1, 'FINISHED')]
  const told = [accepted('t1'), accepted('t2'), heard('L2', 't2', 1, 'DROPPED'), heard('L1', 't1', 1, 'FINISHED')]
  assert.deepEqual(broken(judged([{ journal, runs: [ran('L1', 1, 9)] }], told)), [])
})

test('I4: a step that was never told', () => {
  const verdict = judged([{ journal: one }], [accepted('t1'), heard('L1', 't1', 2, 'FINISHED')])
  assert.deepEqual(broken(verdict), ['I4'])
  assert.match(words(verdict), /was never told that it is RUNNING \(L1\.1\)/)
})

test('a step that the master’s word has overtaken need not be told', () => {
  assert.deepEqual(broken(judged([{ journal: one }], [accepted('t1'), byMaster('t1', 'FINISHED', 'L1')])), [])
  const [begin, , finished] = oneHeard
  if (!begin || !finished) return assert.fail()
  assert.deepEqual(broken(judged([{ journal: one }], [begin, byMaster('t1', 'KILLING', 'L1'), finished])), [])
  assert.deepEqual(broken(judged([{ journal: one }], [begin, byMaster('t1', 'STAGING', 'L1'), finished])), ['I4'])
})

test('I4: a step that comes after a later one, or twice in one life', () => {
  const [begin, running, finished] = oneHeard
  if (!begin || !running || !finished) return assert.fail()
  assert.deepEqual(broken(judged([{ journal: one }], [begin, running, finished, running])), ['I4'])
  assert.deepEqual(broken(judged([{ journal: one }], [begin, running, running, finished])), ['I4'])
  const again = heard('L1', 't1', 1, 'RUNNING', 2)
  const end = heard('L1', 't1', 2, 'FINISHED', 2)
  assert.deepEqual(broken(judged([{ journal: one }], [begin, running, again, end])), [], 'in another life it may')
})

test('I5: two ends, and an end that is another one at the agent', () => {
  const lost = byMaster('t1', 'GONE', 'L1')
  assert.deepEqual(broken(judged([{ journal: one }], [...oneHeard, lost])), ['I5'])
  const again = { ...heard('L1', 't1', 2, 'FINISHED', 2) }
  const word = byMaster('t1', 'FINISHED', 'L1')
  assert.deepEqual(broken(judged([{ journal: one }], [accepted('t1'), word, again])), [], 'a word about it is no other')
  const twice = [...one, queued('L1', 't1', 3, 'KILLED')]
  assert.deepEqual(broken(judged([{ journal: twice }], [...oneHeard, heard('L1', 't1', 3, 'KILLED')])), ['I5', 'I5'])
  assert.deepEqual(broken(judged([{ journal: one }], [accepted('t1'), lost])), ['I4', 'I5'])
})

test('I6: masters that do not agree', () => {
  const masters = [{ name: 'm1', belief: { epoch: 3 } }, { name: 'm2', belief: { epoch: 3 } }]
  assert.deepEqual(broken(judged([], [], { masters })), [])
  const third = { name: 'm3', belief: { epoch: 2 } }
  assert.deepEqual(broken(judged([], [], { masters: [...masters, third] })), ['I6'])
})

test('I7: an agent that goes back to an older epoch; a launch id that two masters have given away', () => {
  assert.deepEqual(broken(judged([{ epochs: [[1, 3, 2]] }], [])), ['I7'])
  const obeyed = [4, 3].map((epoch): JournalEntry => ({ type: 'obeyed', clusterId: 'c', epoch, nonce: 'n' }))
  assert.deepEqual(broken(judged([{ journal: obeyed }], [])), ['I7'])
  const other = [taken('L1', 't2'), queued('L1', 't2', 1, 'DROPPED')]
  const told = [...oneHeard, accepted('t2'), heard('L1', 't2', 1, 'DROPPED')]
  assert.deepEqual(broken(judged([{ journal: one }, { journal: other }], told)), ['I7'])
})
