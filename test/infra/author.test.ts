/** Author: the page for authors names all that they are given, and what it shows works as it says. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { ExecutorContext, ExecutorInput } from '../../actors/executor/executor.js'
import { TASK_STATES, type StatusUpdate, type TaskState } from '../../actors/protocol/task.js'
import type { Offer } from '../../actors/protocol/scheduler.js'
import { authorContext } from '../../actors/scheduler/context.js'
import { FRAMEWORK_FIELDS, type FrameworkEvent, type ReadRequest } from '../../actors/scheduler/framework.js'
import { TASK_FIELDS } from '../../actors/scheduler/task.js'
import * as forAuthors from '../../infra/author.js'
import { loadFramework } from '../../infra/author/framework-file.js'
import { temporaryDirectory } from './agent/temporary.js'
import { Authored, user } from '../support/author.js'

const PAGE = readFileSync('actors/frameworks/README.md', 'utf8')

/** All fields of each member of a union, by its type: the compiler sees to it that none is missing. */
type FieldsOf<Union extends { readonly type: string }> = {
  readonly [Type in Union['type']]: AllOf<Omit<Extract<Union, { readonly type: Type }>, 'type'>>
}
type AllOf<Members> = { readonly [Name in keyof Members]-?: 1 }

const EVENTS: FieldsOf<FrameworkEvent<unknown>> = {
  subscribed: { frameworkId: 1 },
  offers: { offers: 1 },
  rescind: { offerId: 1 },
  update: { update: 1 },
  lost: { task: 1, update: 1 },
  message: { agentId: 1, executorId: 1, data: 1 },
  failure: { agentId: 1, executorId: 1, exitCode: 1 },
  error: { problem: 1 },
  disconnected: {},
  timer: { name: 1 },
  output: { requestId: 1, offset: 1, data: 1, end: 1, problem: 1 },
  fit: { requestId: 1, agents: 1, problem: 1 },
  told: { told: 1 },
}
const UPDATE: AllOf<StatusUpdate> = {
  updateId: 1, frameworkId: 1, agentId: 1, taskId: 1, launchId: 1, state: 1, source: 1, reason: 1, text: 1,
  exitCode: 1, signal: 1, healthy: 1, data: 1, atMs: 1, output: 1,
}
const OFFER: AllOf<Offer> = {
  offerId: 1, frameworkId: 1, agentId: 1, role: 1, resources: 1, hostname: 1, attributes: 1,
}
const READ: AllOf<ReadRequest> = { requestId: 1, taskId: 1, stream: 1, offset: 1, bytesMax: 1, follow: 1 }
const INPUTS: FieldsOf<ExecutorInput<unknown>> = {
  registered: {}, launch: { task: 1 }, kill: { taskId: 1, graceMs: 1 }, message: { data: 1 },
  shutdown: { graceMs: 1 }, timer: { name: 1 }, told: { told: 1 },
}
const EXECUTOR_CONTEXT: AllOf<ExecutorContext> = {
  update: 1, message: 1, run: 1, after: 1, cancel: 1, finish: 1, now: 1, log: 1,
}

/** The text below a heading, up to the next. */
function section(heading: string): string {
  const [, text = ''] = PAGE.split(`\n## ${heading}\n`)
  return text.split('\n## ', 1)[0] ?? ''
}

/** Words in code, such as `offers` and the `accept` of `accept(offers)`. */
const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(/[^A-Za-z_]+/))

/** The rows of a section's table: what is in code in the first cell, and in the second. */
function rowsOf(heading: string): readonly { readonly first: readonly string[]; readonly second: readonly string[] }[] {
  const rows = section(heading).split('\n').filter((line) => line.startsWith('| `'))
  return rows.map((row) => {
    const [, first = '', second = ''] = row.split('|')
    return { first: codeIn(first), second: codeIn(second) }
  })
}

const holds = (words: readonly string[], wanted: readonly string[], where: string) =>
  assert.deepEqual(wanted.filter((word) => !words.includes(word)), [], `${where} leaves these out`)

test('the page has each field of a definition and no other', () => {
  assert.deepEqual(rowsOf('The definition').flatMap(({ first }) => first).sort(), [...FRAMEWORK_FIELDS].sort())
})

test('the page has each event with its fields and no other', () => {
  const told = rowsOf('Events').map(({ first: [type = ''], second }) => [type, [...second].sort()] as const)
  const declared = Object.entries(EVENTS).map(([type, fields]) => [type, Object.keys(fields).sort()])
  assert.deepEqual(Object.fromEntries(told), Object.fromEntries(declared))
  holds(codeIn(section('Events')), [...Object.keys(UPDATE), ...Object.keys(OFFER), ...TASK_STATES], 'Events')
})

test('the page has each call of the context and no other', () => {
  const context = authorContext({} as never, {} as never, undefined)
  const cells = rowsOf('What `ctx` can do').map(({ first }) => first)
  holds(cells.flat(), [...Object.keys(context), ...Object.keys(READ)], 'What `ctx` can do')
  for (const [call = ''] of cells) assert.ok(call in context, call)
})

test('the page has all that a task takes, and all that authors import', () => {
  holds(codeIn(section('Tasks and resources')), [...TASK_FIELDS, 'taskId'], 'Tasks and resources')
  holds(codeIn(PAGE.replaceAll(/```.*?```/gs, '')), Object.keys(forAuthors), 'the page')
})

test('the page has all that an executor hears and can ask for', () => {
  const fields = Object.values(INPUTS).flatMap(Object.keys)
  const words = codeIn(section('Executors of your own'))
  holds(words, [...Object.keys(INPUTS), ...fields, ...Object.keys(EXECUTOR_CONTEXT)], 'Executors of your own')
})

/** The one block of code in a section that is in this language. */
function code(heading: string, language: string): string {
  const [, text = ''] = section(heading).split(`\n\`\`\`${language}\n`)
  return text.split('\n```', 1)[0] ?? ''
}

/** A directory somewhere, with a link to Warren as the page says. */
function elsewhere(t: TestContext): string {
  const directory = temporaryDirectory(t)
  mkdirSync(join(directory, 'node_modules'))
  symlinkSync(process.cwd(), join(directory, 'node_modules', 'warren'))
  return directory
}

test('the framework of the page does what it says', async (t) => {
  const file = join(temporaryDirectory(t), 'greetings.ts')
  writeFileSync(file, code('One file', 'ts'))
  const authored = new Authored(await loadFramework(file, ['2']), user())
  authored.subscribe()
  for (const id of ['hello-0', 'hello-1']) {
    authored.offer({ cpus: 1, mem: 64 })
    assert.deepEqual(authored.take('accept').map(({ tasks: [one] }) => one?.taskId), [id])
    authored.update(id, 'RUNNING')
    authored.update(id, 'FINISHED')
  }
  assert.deepEqual(authored.take('finish'), [{ call: 'finish', exitCode: 0 }])
})

test('the framework of the first page ends well with its last task, and badly with one that fails', async (t) => {
  const file = join(temporaryDirectory(t), 'three-greetings.ts')
  const [, text = ''] = readFileSync('README.md', 'utf8').split('\n```ts\n')
  writeFileSync(file, text.split('\n```', 1)[0] ?? '')
  const definition = await loadFramework(file, [])
  assert.deepEqual(definition.needs, { cpus: 0.1, mem: 32 })
  const endedBy = (...states: readonly TaskState[]) => {
    const authored = new Authored(definition, user())
    authored.subscribe()
    for (const state of states) {
      authored.offer({ cpus: 1, mem: 64 })
      const [id = ''] = authored.take('accept').flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId))
      assert.deepEqual(authored.take('finish'), [])
      authored.update(id, state)
    }
    return authored.take('finish')
  }
  assert.deepEqual(endedBy('FINISHED', 'FINISHED', 'FINISHED'), [{ call: 'finish', exitCode: 0 }])
  assert.deepEqual(endedBy('FINISHED', 'ERROR'), [{ call: 'finish', exitCode: 1 }])
})

test('types are checked elsewhere as the page says', (t) => {
  const directory = elsewhere(t)
  const check = (text: string) => {
    writeFileSync(join(directory, 'greetings.ts'), text)
    const [, line = ''] = /tsc" (.*)/.exec(code('Checking types', 'sh')) ?? []
    const { status, stdout } = spawnSync(join(process.cwd(), 'node_modules/.bin/tsc'), line.split(' '),
      { cwd: directory, encoding: 'utf8' })
    return { status, stdout }
  }
  const sound = code('One file', 'ts')
  assert.deepEqual(check(sound), { status: 0, stdout: '' })
  const slips = [
    { right: "case 'offers'", wrong: "case 'offer'", said: /"offer"' is not comparable to type '"disconnected" \|/ },
    { right: 'needs:', wrong: 'nedds:', said: /'nedds' does not exist in type/ },
  ]
  const { status, stdout } = check(slips.reduce((text, { right, wrong }) => text.replace(right, wrong), sound))
  assert.notEqual(status, 0)
  for (const { said } of slips) assert.match(stdout, said)
})

test('the test of the page passes as the page says', (t) => {
  const directory = elsewhere(t)
  writeFileSync(join(directory, 'greetings.mjs'), code('One file', 'ts'))
  writeFileSync(join(directory, 'greetings.test.mjs'), code('Testing', 'js'))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { status, stdout } = spawnSync(process.execPath, ['--test', 'greetings.test.mjs'],
    { cwd: directory, encoding: 'utf8', env })
  assert.equal(status, 0, stdout)
  assert.match(stdout, /pass 1\b/)
})
