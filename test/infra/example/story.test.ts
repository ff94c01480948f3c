import assert from 'node:assert/strict'
import test from 'node:test'
import { of } from '../../../actors/resources/amounts.js'
import { task } from '../../../actors/scheduler/task.js'
import { Story, type StoryLine } from '../../../infra/example/story.js'
import type { Hop } from '../../../runtime/hop.js'

const hop = (to: string, message: object): Hop => ({
  kind: 'delivered', atMs: 0, trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16) }, from: undefined,
  to: to as Hop['to'], message: message as Hop['message'],
})

const FIRST = 'framework-framework-1@a/scheduler'
const SECOND = 'framework-framework-2@b/scheduler'
const MASTER = 'master-m@c/master'
const AGENT = 'agent-a@d/agent'

/** What the actors received, cause before consequence. */
function messages(left: { cpus: number; mem: number }): Hop[] {
  const tasks = [
    task({ id: 't1', resources: { cpus: 2, mem: 1024 }, command: 'x' }),
    task({ id: 't2', resources: { cpus: 1, mem: 2048 }, command: 'x' }),
  ]
  const offer = (frameworkId: string, resources: object) =>
    ({ type: 'offers', offers: [{ offerId: 'O', frameworkId, agentId: 'S0', role: '*', resources }] })
  const info = { hostname: 'h', resources: of({ cpus: 4, mem: 4096 }) }
  const running = (taskId: string) => ({ frameworkId: 'F1', agentId: 'S0', taskId, state: 'RUNNING' })
  return [
    hop(MASTER, { type: 'subscribe', scheduler: FIRST, info: { name: 'framework-1' } }),
    hop(FIRST, { type: 'subscribed', frameworkId: 'F1' }),
    hop(MASTER, { type: 'subscribe', scheduler: SECOND, info: { name: 'framework-2' } }),
    hop(SECOND, { type: 'subscribed', frameworkId: 'F2' }),
    hop(MASTER, { type: 'register-agent', agent: AGENT, info }),
    hop(AGENT, { type: 'agent-registered', agentId: 'S0' }),
    hop(FIRST, offer('F1', of({ cpus: 4, mem: 4096 }))),
    hop(MASTER, { type: 'accept', frameworkId: 'F1', operations: [{ type: 'launch', tasks }] }),
    ...tasks.map((each) => hop(AGENT, { type: 'run-task', frameworkId: 'F1', task: each })),
    ...tasks.map(({ taskId }) => hop(FIRST, { type: 'update', update: running(taskId) })),
    hop(SECOND, offer('F2', of(left))),
  ]
}

function told(hops: readonly Hop[]): { lines: StoryLine[]; ended: number } {
  const lines: StoryLine[] = []
  let ended = 0
  const story = new Story((line) => lines.push(line), () => ended++)
  for (const each of hops) story.hear(each)
  return { lines, ended }
}

test('the story is told in the order of its causes, with the numbers of the messages', () => {
  const { lines, ended } = told(messages({ cpus: 1, mem: 1024 }))
  assert.deepEqual(lines.map(({ event }) => event),
    ['agent-registered', 'offer', 'accept', 'launch', 'launch', 'running', 'running', 'offer'])
  assert.deepEqual(lines.at(-1)?.resources, { cpus: 1, mem: 1024 })
  assert.equal(lines.at(-1)?.framework, 'framework-2')
  assert.equal(ended, 1)
})

test('other numbers make another story', () => {
  assert.deepEqual(told(messages({ cpus: 3, mem: 7 })).lines.at(-1)?.resources, { cpus: 3, mem: 7 })
})

test('what is heard too early is told when its turn has come', () => {
  const hops = messages({ cpus: 1, mem: 1024 })
  const early = [...hops.slice(0, 5), hops.at(-1) as Hop, ...hops.slice(5, -1)]
  assert.equal(told(early).lines.at(-1)?.event, 'offer')
  assert.equal(told(early).ended, 1)
})

test('without its last message the story does not end, and says what it awaits', () => {
  const story = new Story(() => undefined)
  for (const each of messages({ cpus: 1, mem: 1024 }).slice(0, -1)) story.hear(each)
  assert.equal(story.complete, false)
  assert.equal(story.awaited, 'offer of framework-2')
})
