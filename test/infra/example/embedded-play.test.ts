import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playEmbedded } from '../../../infra/example/embedded-play.js'
import { Story } from '../../../infra/example/story.js'
import { causalTree, type Cause } from '../../../infra/trace/causal-tree.js'
import { describe } from '../../../infra/trace/describe.js'
import type { HopRecord } from '../../../infra/trace/hop-record.js'
import { mermaidOf } from '../../../infra/trace/mermaid.js'
import { sequenceOf, type Arrow } from '../../../infra/trace/sequence.js'
import { nodeOf } from '../../../runtime/address.js'
import type { Hop } from '../../../runtime/hop.js'

const [MASTER, AGENT] = ['master-example/master', 'agent-example/agent']
const [FIRST, SECOND] = ['framework-framework-1/scheduler', 'framework-framework-2/scheduler']
/** What must be seen, each after the one before it: from, to, type. */
const STEPS = [
  [AGENT, MASTER, 'register-agent'], [MASTER, AGENT, 'agent-registered'], [MASTER, FIRST, 'offers'],
  [FIRST, MASTER, 'accept'], [MASTER, AGENT, 'run-task'], [MASTER, FIRST, 'update'], [FIRST, MASTER, 'acknowledge'],
  [MASTER, AGENT, 'acknowledge-status'],
] as const

async function played(): Promise<readonly HopRecord[]> {
  const records: HopRecord[] = []
  let acknowledged = 0
  const end = new Promise<void>((resolve) => {
    const story = new Story(() => undefined)
    const hear = (hop: Hop) => {
      records.push(describe(hop, nodeOf(hop.kind === 'sent' && hop.from !== undefined ? hop.from : hop.to)))
      story.hear(hop)
      if (hop.kind === 'processed' && hop.message.type === 'acknowledge-status') acknowledged++
      if (story.complete && acknowledged >= 2) resolve()
    }
    void playEmbedded({ hop: hear }).then(async (close) => {
      await end
      await close()
    })
  })
  await end
  return records
}

test('who watches the worked example sees all of it, from the registration to the second offer', async () => {
  const records = await played()
  const sequence = sequenceOf(records)
  const arrowsOf = (from: string, to: string, type: string): Arrow[] =>
    sequence.arrows.filter((arrow) => arrow.from === from && arrow.to === to && arrow.type === type)
  let before = 0
  for (const [from, to, type] of STEPS) {
    const next = arrowsOf(from, to, type).find(({ sentMs = 0 }) => sentMs >= before)
    assert.ok(next, `${type} from ${from} to ${to}`)
    assert.equal(next.outcome, 'ok')
    assert.ok((next.bytes ?? 0) > 0 && next.queuedForMs !== undefined && next.durationMs !== undefined, type)
    before = next.sentMs ?? 0
  }
  assert.equal(arrowsOf(MASTER, AGENT, 'run-task').length, 2)
  const running = arrowsOf(`${AGENT}/updates`, MASTER, 'task-status')
    .filter(({ body }) => (body?.['update'] as { readonly state: string } | undefined)?.state === 'RUNNING')
  assert.equal(running.length, 2)
  const accepted = arrowsOf(FIRST, MASTER, 'accept')[0]?.sentMs ?? 0
  assert.ok(arrowsOf(MASTER, SECOND, 'offers').some(({ sentMs = 0 }) => sentMs > accepted), 'what was left is offered')
  const mermaid = mermaidOf(sequence)
  for (const [, , type] of STEPS) assert.match(mermaid, new RegExp(`->>\\+a\\d+: ${type} `))
  const count = (causes: readonly Cause[]): number => causes.reduce((sum, { effects }) => sum + 1 + count(effects), 0)
  assert.equal(count(causalTree(sequence)), sequence.arrows.length)
})

test('what an accept leads to is one trace, through the log of the masters and the journal of the agent', async () => {
  const { arrows } = sequenceOf(await played())
  const causesOf = (arrow: Arrow | undefined): string[] =>
    arrow === undefined ? [] : [...causesOf(arrows.find(({ span }) => span === arrow.parent)), arrow.type]
  const accept = arrows.find(({ type }) => type === 'accept')
  const own = arrows.filter(({ trace }) => trace === accept?.trace)
  for (const type of ['run-task', 'task-status', 'update', 'acknowledge', 'acknowledge-status']) {
    assert.equal(own.filter((arrow) => arrow.type === type).length, 2, `${type} of both tasks`)
  }
  assert.equal(own.filter(({ type }) => type === 'accept').length, 1, 'and of no other cycle of offers')
  assert.deepEqual(causesOf(own.find(({ type }) => type === 'acknowledge-status')), [
    'run', 'allocated', 'offers', 'accept',
    // Decided, in the masters' log, and read back from it.
    'append', 'committed', 'run-task',
    // In the agent's journal; then a process starts.
    'append', 'committed', 'start', 'started', 'task-report', 'report', 'append', 'committed', 'task-status',
    'append', 'committed', 'update', 'acknowledge', 'acknowledge-status',
  ])
})
