import assert from 'node:assert/strict'
import test from 'node:test'
import {
  newCluster, type ExecutorRecord, type FrameworkRecord, type TaskRecord,
} from '../../../actors/master/cluster.js'
import { fitProblem, frameworkProblem, KILL_GRACE_MAX_MS, taskProblem } from '../../../actors/master/validation.js'
import type { AgentId, FrameworkId, Role } from '../../../actors/protocol/ids.js'
import type { ExecutorInfo, TaskInfo, TaskState } from '../../../actors/protocol/task.js'
import { of } from '../../../actors/resources/amounts.js'
import { NONE } from '../../../actors/resources/resources.js'
import { agentInfo, command, executed, FRAMEWORK } from './desk.js'

const left = of({ cpus: 4, mem: 1024, ports: '[31000-31009]' })

function frameworkWith(state?: TaskState): FrameworkRecord {
  const task = { task: command('t'), state } as TaskRecord
  return {
    frameworkId: 'w-0000' as FrameworkId, info: FRAMEWORK, admittedMs: 0, disconnectedSinceMs: undefined,
    tasks: new Map(state ? [[task.task.taskId, task]] : []),
  }
}

const problem = (task: TaskInfo, running?: ExecutorRecord, state?: TaskState) =>
  taskProblem(frameworkWith(state), task, left, running)
const running = (resources: ReturnType<typeof of>) => ({ resources }) as ExecutorRecord

test('a task that is right in everything has no problem', () => {
  assert.equal(problem(command('t', { cpus: 4, mem: 1024 }, { killGraceMs: KILL_GRACE_MAX_MS })), undefined)
  assert.equal(problem(executed('t', 'e')), undefined)
})

const withProgram = (program: ExecutorInfo['program']) => command('t', { cpus: 1 }, { command: { program } })
const executor = executed('t', 'e', { cpus: 2 })

const BAD: readonly (readonly [what: string, task: TaskInfo, said: RegExp, running?: ExecutorRecord])[] = [
  ['an endless grace', command('t', { cpus: 1 }, { killGraceMs: KILL_GRACE_MAX_MS + 1 }), /longer than a day/],
  ['no resources', command('t', {}), /asks for no resources/],
  ['illegal resources', { ...command('t'), resources: { ...NONE, scalars: { cpus: -1 } } }, /cpus/],
  ['neither command nor executor', { ...command('t'), command: undefined as never }, /either a command or/],
  ['both a command and an executor', { ...executor, ...command('t') }, /either a command or an executor/],
  ['an empty argument vector', withProgram({ type: 'argv', argv: [] }), /command is empty/],
  ['a nameless program', withProgram({ type: 'argv', argv: [''] }), /command is empty/],
  ['a blank line', withProgram({ type: 'shell', line: '  ' }), /command is empty/],
  ['a module as a command', withProgram({ type: 'module', file: 'x.ts' }), /a module is no command/],
  ['an executor of another size than the one that runs', executor, /already running/, running(of({ cpus: 1 }))],
  ['more than is left', command('t', { cpus: 5 }), /^needs cpus:5; only cpus:4.* is left of the offers$/],
  ['more than is left beside its new executor', executed('t', 'e', { cpus: 3.5 }), /and cpus:3.5 for its executor/],
]

for (const [what, task, said, existing] of BAD) {
  test(`a task is refused for ${what}`, () => assert.match(problem(task, existing) ?? '', said))
}

test('a port that a task and its new executor both name is not there twice', () => {
  const task = { ...executed('t', 'e', { ports: '[31000-31000]' }), resources: of({ ports: '[31000-31001]' }) }
  assert.match(problem(task) ?? '', /needs ports/)
  assert.equal(problem(task, running(of({ ports: '[31000-31000]' }))), undefined)
})

test('a task id is taken until its end has been acknowledged', () => {
  for (const state of ['STAGING', 'RUNNING', 'KILLING', 'UNREACHABLE'] as const) {
    assert.match(problem(command('t'), undefined, state) ?? '', /is in use/)
  }
  assert.match(problem(command('t'), undefined, 'FAILED') ?? '', /has ended but its end is not yet acknowledged/)
})

test('what is checked first is said first', () => {
  const wrong = { ...command('t', {}), killGraceMs: KILL_GRACE_MAX_MS + 1, command: undefined as never }
  assert.match(problem(wrong, undefined, 'RUNNING') ?? '', /is in use/)
  assert.match(problem(wrong) ?? '', /killGraceMs/)
  assert.match(problem({ ...wrong, killGraceMs: 1 }) ?? '', /no resources/)
  assert.match(problem({ ...wrong, killGraceMs: 1, resources: of({ cpus: 99 }) }) ?? '', /either a command/)
})

test('a framework needs a name and roles that are legal, each once', () => {
  const roles = (...names: string[]) => frameworkProblem({ ...FRAMEWORK, roles: names as Role[] })
  assert.equal(roles('*', 'web'), undefined)
  assert.match(roles() ?? '', /has no role/)
  assert.match(roles('web', 'web') ?? '', /names a role twice/)
  assert.match(roles('a b') ?? '', /'a b' is no role/)
  assert.match(frameworkProblem({ ...FRAMEWORK, name: '' }) ?? '', /no name/)
})

test('what no agent could ever hold is said, with the largest there is', () => {
  const cluster = newCluster()
  assert.equal(fitProblem(cluster, of({ cpus: 99 })), undefined, 'an agent may still come')
  for (const [id, resources] of [['w-S0', { cpus: 4, mem: 64 }], ['w-S1', { cpus: 1, mem: 4096 }]] as const) {
    const agentId = id as AgentId
    cluster.agents.set(agentId, {
      agentId, info: agentInfo(of(resources)), admittedMs: 0, unreachableSinceMs: undefined,
      deactivated: false, drain: undefined,
    })
  }
  assert.equal(fitProblem(cluster, of({ cpus: 4 })), undefined)
  assert.equal(fitProblem(cluster, of({ cpus: 5 })), 'needs 5 cpus; the largest agent has 4')
  assert.equal(fitProblem(cluster, of({ cpus: 2, mem: 1024 })), 'needs cpus:2;mem:1024; no agent has all of that')
})
