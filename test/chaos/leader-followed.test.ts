import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Running, warren } from '../support/command-line.js'
import { devProcess } from '../support/dev-process.js'

// A cluster as `warren dev` starts it; its leader is killed without a word while others follow what happens.

const options = { timeout: 110_000 }

test('who follows hops and events goes on with the next leader, and hears of the gap', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-followed-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const { masters, find, kill } = await devProcess(t, join(directory, 'w'), 2, '--agents', '1')
  /** It takes a moment until nodes notice that somebody listens, so tasks are run until all has been heard. */
  const launchUntil = async (name: string, heard: readonly Promise<unknown>[]) => {
    let isHeard = false
    const all = Promise.all(heard).then(() => { isHeard = true })
    while (!isHeard) {
      const run = await warren(t, ['run', ...find, '--name', name, '--', 'true'])
      assert.equal(run.code, 0, run.stderr)
    }
    await all
  }
  const file = join(directory, 'all.trace')
  const tailed = ['trace', 'tail', '--type', 'run-task']
  const tail = new Running(t, [...tailed, ...find])
  const raw = new Running(t, [...tailed, '--master', masters.map(({ http }) => http).join(','), '--json'])
  const record = new Running(t, ['trace', 'record', ...find, '-o', file, '--json'])
  const events = new Running(t, ['events', '--follow', ...find, '--type', 'task-changed', '--json'])
  await launchUntil('before', [
    tail.saying(/master-m1\/master → /), raw.saying(/master-m1@/), events.saying(/task before\S* is FINISHED/),
  ])
  kill('master m1')
  const changed = /the leader m1 is gone, m2 leads; of [\d:.]+ to [\d:.]+ hops may be missing\n/
  await Promise.all([tail.saying(changed), raw.saying(changed), record.saying(changed),
    events.saying(/the leader m1 is gone, m2 leads; /)])
  await launchUntil('after', [
    tail.saying(/master-m2\/master → /), raw.saying(/master-m2@/), events.saying(/task after\S* is FINISHED/),
  ])
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
