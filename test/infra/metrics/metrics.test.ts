import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../../infra/metrics/metrics.js'
import { masterFamilies, type MasterFigures } from '../../../infra/metrics/master-families.js'
import { openOperated } from '../../support/operated-cluster.js'
import { readOpenMetrics, seriesNames, type ReadFamily } from '../../support/open-metrics.js'

const valueOf = (families: ReadonlyMap<string, ReadFamily>, name: string, labels: Record<string, string> = {}) =>
  [...families.values()].flatMap(({ samples }) => samples).find((sample) => sample.name === name
    && Object.entries(labels).every(([label, value]) => sample.labels[label] === value))?.value

test('nodes tell of their actors, and of messages from the first scrape on', async (t) => {
  const { master, agent, framework } = await openOperated(t)
  const metrics = new Metrics({ version: '1.2.3', nodes: () => [master.system, agent.system] })
  t.after(() => metrics.close())
  const first = readOpenMetrics(await metrics.text())
  assert.deepEqual(first.get('warren_message_process_duration_seconds')?.samples, [])
  assert.deepEqual(
    [valueOf(first, 'warren_nodes', { kind: 'agent' }), valueOf(first, 'warren_actors', { kind: 'allocator' }),
      valueOf(first, 'warren_mailbox_messages', { kind: 'master' }), valueOf(first, 'warren_build_info')], [1, 1, 0, 1])
  const tenant = await framework('f1')
  await tenant.start('t', 'true')
  await tenant.ended('t')
  const second = readOpenMetrics(await metrics.text())
  const handled = (kind: string) => valueOf(second, 'warren_message_process_duration_seconds_count', { kind }) ?? 0
  for (const kind of ['master', 'allocator', 'agent', 'runner']) assert.ok(handled(kind) > 0, kind)
  metrics.close()
  const [before] = [handled('master')]
  await tenant.start('u', 'true')
  await tenant.ended('u')
  const third = readOpenMetrics(await metrics.text())
  assert.equal(valueOf(third, 'warren_message_process_duration_seconds_count', { kind: 'master' }), before,
    'nobody measured between')
  assert.ok((valueOf(third, 'process_resident_memory_bytes') ?? 0) > 1_000_000)
  assert.ok((valueOf(third, 'process_open_fds') ?? 0) > 3)
})

test('no label is an id of a task, an actor or a node', async (t) => {
  const { master, agent, framework } = await openOperated(t)
  const metrics = new Metrics({ version: '1', nodes: () => [master.system, agent.system] })
  t.after(() => metrics.close())
  await metrics.text()
  const tenant = await framework('f1')
  for (const id of ['t1', 't2', 't3']) await tenant.start(id, 'true')
  const text = await metrics.text()
  for (const id of ['t1', tenant.id, master.system.node, agent.system.node]) assert.ok(!text.includes(id), id)
})

const WHO = { cluster: 'c', leader: 'm1', epoch: 7 }
const OVERVIEW = {
  ...WHO, leading: true, agents: { active: 2 }, frameworks: {}, tasks: { RUNNING: 3 }, offers: 1, away: [],
  resources: { total: { cpus: 8, mem: 100 }, used: { cpus: 1.5 }, offered: { cpus: 2 } },
}
const COUNTS = {
  offersMade: 9, offers: { accepted: 5, declined: 2, rescinded: 1 }, tasksLaunched: 6, tasksEnded: { FINISHED: 3 },
}
const figures = (leading: boolean): MasterFigures => ({
  leader: async () => ({ ...WHO, leading }), overview: async () => OVERVIEW, counts: async () => COUNTS,
})

test('who leads tells of the cluster', async () => {
  const metrics = new Metrics({ version: '1', nodes: () => [], more: () => masterFamilies(figures(true)) })
  const read = readOpenMetrics(await metrics.text())
  const all: readonly (readonly [number, string, Record<string, string>?])[] = [
    [1, 'warren_leader'], [7, 'warren_epoch'], [3, 'warren_tasks', { state: 'RUNNING' }],
    [0, 'warren_tasks', { state: 'FAILED' }], [2, 'warren_agents', { state: 'active' }],
    [5, 'warren_offers_total', { outcome: 'accepted' }], [1, 'warren_offers_outstanding'],
    [9, 'warren_offers_made_total'], [6, 'warren_tasks_launched_total'],
    [3, 'warren_tasks_ended_total', { state: 'FINISHED' }],
    [1.5, 'warren_resources', { resource: 'cpus', status: 'used' }],
    [4.5, 'warren_resources', { resource: 'cpus', status: 'free' }],
    [100, 'warren_resources', { resource: 'mem', status: 'total' }],
  ]
  for (const [value, name, labels] of all) assert.equal(valueOf(read, name, labels), value, name)
})

test('who does not lead tells of itself only, and of nothing that it does not know', async () => {
  const follows = new Metrics({ version: '1', nodes: () => [], more: () => masterFamilies(figures(false)) })
  const names = seriesNames(readOpenMetrics(await follows.text()))
  assert.deepEqual([...names].filter((name) => name.startsWith('warren_')).sort(),
    ['warren_build_info', 'warren_epoch', 'warren_leader', 'warren_nodes'])
  const silence = () => Promise.reject(new Error('nobody answers'))
  const lost = { leader: silence, overview: silence, counts: silence }
  const mute = new Metrics({ version: '1', nodes: () => [], more: () => masterFamilies(lost) })
  assert.equal(valueOf(readOpenMetrics(await mute.text()), 'warren_leader'), 0)
})
