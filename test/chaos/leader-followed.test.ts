import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Running, warren } from '../support/command-line.js'
import { devProcess } from '../support/dev-process.js'

// A cluster as `warren dev` starts it; its leader is killed without a word while others follow what happens, and
// what a task writes.

const options = { timeout: 110_000 }

test('who follows hops, events or what a task writes goes on with the next leader, and is told', options, async (t) => {
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
  const written = await followWritten(t, directory, find)
  const events = new Running(t, ['events', '--follow', ...find, '--type', 'task-changed', '--json'])
  await launchUntil('before', [
    tail.saying(/master-m1\/master → /), raw.saying(/master-m1@/), events.saying(/task before\S* is FINISHED/),
  ])
  kill('master m1')
  const changed = /the leader m1 is gone, m2 leads; of [\d:.]+ to [\d:.]+ hops may be missing\n/
  await Promise.all([tail.saying(changed), raw.saying(changed), record.saying(changed),
    events.saying(/the leader m1 is gone, m2 leads; /)])
  await written.goOn()
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

/** A task that has begun to write, with everybody who can follow it; `goOn` once another leads lets it end. */
async function followWritten(t: TestContext, directory: string, find: readonly string[]) {
  const gate = join(directory, 'gate')
  execFileSync('mkfifo', [gate])
  // The first half of a line, and of a character, is read before.
  const script = `printf 'first \\303' | tee grows; printf 'E' >&2; cat ${gate} | tee -a grows; echo rr >&2`
  const run = new Running(t, ['run', ...find, '--name', 'writer', '--cpus', '0.1', '--', 'sh', '-c', script])
  await run.saying(/first/)
  const { stdout } = await warren(t, ['task', 'list', ...find, '--json'])
  const { tasks } = JSON.parse(stdout) as { readonly tasks: readonly Readonly<Record<string, string>>[] }
  const task = tasks.find(({ name }) => name === 'writer')
  const follow = (...args: string[]) => new Running(t, [...args, '--follow', ...find])
  const logs = follow('task', 'logs', 'writer')
  const json = follow('task', 'logs', 'writer', '--json', '--stream', 'stdout')
  const cat = follow('task', 'cat', 'writer', 'sandbox/grows')
  // Of an agent's directory no task's end is the end.
  const endless = follow('agent', 'cat', String(task?.['agent']), `${task?.['launch']}/sandbox/grows`)
  const followers = [logs, json, cat, endless]
  await Promise.all([logs.saying(/E/), ...followers.map((each) => each.saying(/first/))])
  const said = /warren: the leader m1 is gone, m2 leads; it is read on from where it stood\n/
  return {
    async goOn() {
      await Promise.all(followers.map((each) => each.saying(said)))
      await writeFile(gate, Buffer.from('é last\n').subarray(1))
      const whole = 'first é last\n'
      await endless.saying(/last\n/)
      endless.signal('SIGINT')
      const of = { logs: await logs.ended, json: await json.ended, cat: await cat.ended, endless: await endless.ended }
      for (const { stdout } of [of.logs, of.cat, of.endless]) assert.equal(stdout, whole)
      assert.deepEqual([of.logs.code, of.json.code, of.cat.code], [0, 0, 0])
      assert.equal(of.logs.stderr.replace(said, ''), 'Err\n', 'that another leads is said once')
      const lines = of.json.stdout.trimEnd().split('\n').map((each) => JSON.parse(each) as { readonly text: string })
      assert.equal(lines.map(({ text }) => text).join(''), whole)
      assert.equal((await run.ended).code, 0)
    },
  }
}
