import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { LauncherEvent } from '../../../actors/protocol/machine.js'
import type { MachineUsage, UsageEvent } from '../../../actors/protocol/usage.js'
import { openLauncher } from '../../../infra/agent/launcher.js'
import { MEASURE_INTERVAL_MS, SAMPLE_KEPT_MS, Usage } from '../../../infra/agent/usage.js'
import { Inbox } from './inbox.js'
import { temporaryDirectory } from './temporary.js'

/** A machine whose time and use a test decides. */
function bench() {
  const inbox = new Inbox<UsageEvent>()
  const machine = { atMs: 1_000_000, looks: 0, ticks: 0, problem: '' }
  const usage = new Usage({
    workDir: '/tmp', tell: inbox.tell, groups: () => new Map([[7, 'L1']]), now: () => machine.atMs,
    async pause(ms) {
      machine.atMs += ms
    },
    async busyness() {
      machine.looks++
      if (machine.problem !== '') throw new Error(machine.problem)
      const sizes = { memBytes: 10, memUsedBytes: 5, diskBytes: 10, diskUsedBytes: 1 }
      return { cpus: 2, cpusUsed: 1, ...sizes, loads: [1, 2, 3] as const }
    },
    async processes() {
      machine.ticks += 100
      return [{ pid: 7, parent: 1, group: 7, ticks: machine.ticks, memBytes: 9 }]
    },
  })
  const measure = async (launches: boolean): Promise<MachineUsage> => {
    usage.request({ type: 'measure', launches, requestId: 'r', replyTo: inbox.ref })
    const event = await inbox.next()
    assert.ok(event.usage)
    return event.usage
  }
  return { inbox, machine, usage, measure }
}

test('the first who asks waits for a moment, and the next hear what was used since', async () => {
  const { machine, measure } = bench()
  const first = await measure(true)
  assert.deepEqual([first.overMs, first.load15, machine.looks], [500, 3, 2])
  assert.deepEqual(first.launches, [{ launchId: 'L1', processes: 1, memBytes: 9, cpus: 2 }])
  machine.atMs += 2_000
  const next = await measure(true)
  assert.deepEqual([next.overMs, machine.looks, next.launches?.[0]?.cpus], [2_000, 3, 0.5])
  machine.atMs += SAMPLE_KEPT_MS
  assert.deepEqual([(await measure(true)).overMs, machine.looks], [500, 5])
})

test('however many ask, the machine is looked at once in a while, and processes only when they matter', async () => {
  const { machine, measure } = bench()
  await Promise.all(Array.from({ length: 20 }, () => measure(false)))
  assert.deepEqual([machine.looks, machine.ticks], [2, 0])
  await Promise.all([measure(false), measure(true), measure(false), measure(true)])
  assert.equal(machine.looks, 4)
  machine.atMs += MEASURE_INTERVAL_MS
  await Promise.all([measure(true), measure(false)])
  assert.equal(machine.looks, 5)
})

test('a machine that does not tell is a reason, and is asked again; who has closed hears nothing', async () => {
  const { inbox, machine, usage, measure } = bench()
  machine.problem = 'no /proc here'
  usage.request({ type: 'measure', launches: false, requestId: 'r', replyTo: inbox.ref })
  assert.deepEqual(await inbox.next(), { type: 'measured', requestId: 'r', problem: 'no /proc here' })
  machine.problem = ''
  assert.equal((await measure(false)).cpus, 2)
  machine.atMs += MEASURE_INTERVAL_MS
  usage.request({ type: 'measure', launches: false, requestId: 'late', replyTo: inbox.ref })
  usage.close()
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(inbox.pending, [])
})

test('a task that works is seen to, with its memory and its processes', async (t: TestContext) => {
  const workDir = temporaryDirectory(t)
  const events = new Inbox<LauncherEvent>()
  const launcher = openLauncher({ workDir, tell: events.tell })
  t.after(() => {
    launcher.request({ type: 'signal', launchId: 'busy', signal: 'SIGKILL' })
    launcher.close()
  })
  const program = { shell: 'while :; do :; done' }
  launcher.request({ type: 'start', launchId: 'busy', program, environment: {}, replyTo: events.ref })
  await events.next()
  const inbox = new Inbox<UsageEvent>()
  const usage = new Usage({ workDir, groups: () => launcher.groups(), tell: inbox.tell })
  usage.request({ type: 'measure', launches: true, requestId: 'r', replyTo: inbox.ref })
  const event = await inbox.next()
  assert.ok(event.usage)
  const { cpus, cpusUsed, memBytes, memUsedBytes, diskBytes, launches = [] } = event.usage
  assert.ok(cpus >= 1 && cpusUsed > 0 && memUsedBytes > 0 && memUsedBytes < memBytes && diskBytes > 0)
  const [busy] = launches
  assert.ok(busy?.launchId === 'busy' && busy.processes >= 2 && busy.memBytes > 500_000, JSON.stringify(busy))
  assert.ok((busy.cpus ?? 0) > 0.01, `it kept ${busy.cpus} processors busy`)
})
