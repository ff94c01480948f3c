import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Running, warren } from '../support/command-line.js'

// A cluster as `warren dev` starts it; its leader is killed without a word while others follow what happens.

const options = { timeout: 110_000 }

test('who follows hops and events goes on with the next leader, and hears of the gap', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-followed-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const workDir = join(directory, 'w')
  const dev = new Running(t, [
    'dev', '--work-dir', workDir, '--port', '0', '--masters', '2', '--broker', 'auto', '--agents', '1', '--json',
  ])
  t.after(async () => {
    dev.signal('SIGTERM')
    await dev.ended
  })
  const [line] = await dev.saying(/^\{.*"event":"ready".*\}$/m)
  const ready = JSON.parse(line) as {
    readonly masters: readonly { readonly http: string }[]
    readonly processes: readonly { readonly title: string; readonly pid: number }[]
  }
  const leader = ready.processes.find(({ title }) => title === 'master m1')
  assert.ok(leader)
  const find = ['--work-dir', workDir]
  const launch = async (name: string) => {
    const run = await warren(t, ['run', ...find, '--name', name, '--', 'true'])
    assert.equal(run.code, 0, run.stderr)
  }
  const file = join(directory, 'all.trace')
  // It takes a moment until nodes notice that somebody listens; what was before is the past.
  const tailed = ['trace', 'tail', '--type', 'run-task', '--backlog', '1000']
  const tail = new Running(t, [...tailed, ...find])
  // Of the masters this one is told one alone; it hears of the other from it.
  const one = ['--master', ready.masters[0]?.http ?? '']
  const raw = new Running(t, [...tailed, ...one, '--json'])
  const record = new Running(t, ['trace', 'record', ...find, '-o', file, '--json'])
  const events = new Running(t, ['events', '--follow', ...find, '--type', 'task-changed', '--json'])
  for (const before of ['before-1', 'before-2']) await launch(before)
  const task = (name: string) => new RegExp(`task ${name}\\S* is FINISHED`)
  await Promise.all([tail.saying(/master-m1\/master → /), raw.saying(/master-m1@/), events.saying(task('before-2'))])
  process.kill(leader.pid, 'SIGKILL')
  const changed = /the leader m1 is gone, m2 leads; of [\d:.]+ to [\d:.]+ hops may be missing\n/
  await Promise.all([tail.saying(changed), raw.saying(changed), record.saying(changed),
    events.saying(/the leader m1 is gone, m2 leads; /)])
  for (const after of ['after-1', 'after-2']) await launch(after)
  await Promise.all([tail.saying(/master-m2\/master → /), raw.saying(/master-m2@/), events.saying(task('after-2'))])
  const gaps = (text: string) => text.split('\n').filter((each) => each.includes('"leader-changed"'))
    .map((each) => JSON.parse(each) as Readonly<Record<string, string>>)
  const [gap, ...others] = gaps(raw.printed)
  assert.deepEqual([others, gap?.['kind'], gap?.['leaderWas'], gap?.['leader']], [[], 'gap', 'm1', 'm2'])
  assert.ok(Date.parse(gap?.['from'] ?? '') <= Date.parse(gap?.['until'] ?? ''))
  assert.deepEqual(gaps(events.printed).map(({ type }) => type), ['gap'])
  const ends = events.printed.match(/task \S+ is FINISHED/g) ?? []
  assert.equal(new Set(ends).size, ends.length, 'no event is told twice')
  record.signal('SIGINT')
  const { stdout } = await record.ended
  assert.equal((JSON.parse(stdout) as { readonly gaps: readonly object[] }).gaps.length, 1)
  const shown = await warren(t, ['trace', 'show', '--file', file, '--json'])
  const { hops } = JSON.parse(shown.stdout) as { readonly hops: readonly { readonly node: string }[] }
  assert.ok(hops.some(({ node }) => node.startsWith('master-m2@')), 'what comes of the next leader is recorded')
})
