import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { LauncherEvent, OutputEvent } from '../../../actors/protocol/machine.js'
import { openLauncher } from '../../../infra/agent/launcher.js'
import {
  OUTPUT_BYTES_MAX, OUTPUT_REQUESTS_MAX, type Output, openOutput,
} from '../../../infra/agent/output.js'
import { Inbox } from './inbox.js'
import { temporaryDirectory } from './temporary.js'

interface How {
  readonly follow?: boolean
  readonly bytesMax?: number
  readonly launchId?: string
  readonly path?: string
}

interface Bench {
  readonly workDir: string
  readonly directory: string
  readonly output: Output
  readonly inbox: Inbox<OutputEvent>
  read(requestId: string, offset: number, how?: How): void
  write(text: string): void
}

function bench(t: TestContext, followWaitMs = 600_000): Bench {
  const workDir = temporaryDirectory(t)
  const directory = `${workDir}/tasks/a`
  mkdirSync(directory, { recursive: true })
  for (const file of ['stdout', 'stderr']) writeFileSync(`${directory}/${file}`, '')
  writeFileSync(`${directory}/status`, '1\n')
  const inbox = new Inbox<OutputEvent>()
  const output = openOutput({ workDir, tell: inbox.tell, followWaitMs })
  t.after(() => output.close())
  return {
    workDir,
    directory,
    output,
    inbox,
    read: (requestId, offset, { follow = false, bytesMax = 1_000, launchId = 'a', path = 'stdout' } = {}) =>
      output.request({
        type: 'read', launchId, path, offset, bytesMax, follow, requestId, replyTo: inbox.ref,
      }),
    write: (text) => appendFileSync(`${directory}/stdout`, text),
  }
}

const shown = (event: OutputEvent) =>
  event.type === 'output'
    ? [event.requestId, event.offset, Buffer.from(event.data).toString(), event.end]
    : event.type === 'listed' ? [event.requestId, event.problem ?? event.entries.map(({ name }) => name).join()]
    : [event.requestId, event.reason]

test('what is there is read from the offset, as much as was asked for', async (t) => {
  const b = bench(t)
  b.write('0123456789')
  b.read('x', 2, { bytesMax: 3 })
  assert.deepEqual(shown(await b.inbox.next()), ['x', 2, '234', false])
  b.read('y', 8)
  assert.deepEqual(shown(await b.inbox.next()), ['y', 8, '89', false])
  b.read('z', 10)
  assert.deepEqual(shown(await b.inbox.next()), ['z', 10, '', false])
  b.read('far', 11)
  assert.deepEqual(shown(await b.inbox.next()), ['far', 11, '', false])
})

test('one answer never carries more than the limit', async (t) => {
  const b = bench(t)
  b.write('x'.repeat(OUTPUT_BYTES_MAX + 1))
  b.read('x', 0, { bytesMax: 10_000_000 })
  const event = await b.inbox.next()
  assert.equal(event.type === 'output' && event.data.length, OUTPUT_BYTES_MAX)
})

test('bytes that are no text come through unchanged', async (t) => {
  const b = bench(t)
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  writeFileSync(`${b.directory}/stdout`, bytes)
  b.read('x', 0)
  const event = await b.inbox.next()
  assert.ok(event.type === 'output' && bytes.equals(event.data))
})

test('the end is told with the last of the data, once the process has ended', async (t) => {
  const b = bench(t)
  b.write('0123456789')
  appendFileSync(`${b.directory}/status`, '0\n')
  b.read('x', 0, { bytesMax: 4, follow: true })
  assert.deepEqual(shown(await b.inbox.next()), ['x', 0, '0123', false])
  b.read('y', 4, { follow: true })
  assert.deepEqual(shown(await b.inbox.next()), ['y', 4, '456789', true])
  b.read('z', 10, { follow: true })
  assert.deepEqual(shown(await b.inbox.next()), ['z', 10, '', true])
})

test('who follows gets what is written later, and others who wait for the same get it too', async (t) => {
  const b = bench(t)
  b.read('x', 0, { follow: true })
  b.read('y', 0, { follow: true })
  setImmediate(() => b.write('hello'))
  const events = [shown(await b.inbox.next()), shown(await b.inbox.next())]
  assert.deepEqual(events.sort(), [['x', 0, 'hello', false], ['y', 0, 'hello', false]])
})

test('who waits when the process ends gets the end', async (t) => {
  const b = bench(t)
  b.write('hello')
  b.read('x', 5, { follow: true })
  b.read('seen', 0)
  await b.inbox.next() // The first has been looked for by now, or is just being.
  b.output.request({ type: 'ended', launchId: 'other' })
  b.output.request({ type: 'ended', launchId: 'a' })
  assert.deepEqual(shown(await b.inbox.next()), ['x', 5, '', true])
})

test('who has gone gets nothing more', async (t) => {
  const b = bench(t)
  b.read('x', 0, { follow: true })
  b.output.request({ type: 'abandon', requestId: 'x' })
  b.output.request({ type: 'abandon', requestId: 'unknown' })
  b.write('hello')
  b.read('y', 0)
  assert.equal((await b.inbox.next()).requestId, 'y')
  assert.deepEqual(b.inbox.pending, [])
})

test('what cannot be read is refused with the reason', async (t) => {
  const b = bench(t)
  const failure = async () => shown(await b.inbox.next())[1]
  b.read('x', 0, { launchId: 'b', follow: true })
  assert.match(await failure() as string, /^there is no stdout of 'b' on this agent any more: .* removed some days/)
  b.read('x', 0, { launchId: '../a' })
  assert.equal(await failure(), "'../a' is no launch id")
  b.read('x', -1)
  assert.equal(await failure(), '-1 is no offset: use a whole number from 0')
  b.read('x', 0, { bytesMax: 0 })
  assert.equal(await failure(), '0 bytes cannot be read: use a whole number from 1')
  rmSync(`${b.directory}/stdout`)
  symlinkSync('/etc/passwd', `${b.directory}/stdout`)
  b.read('x', 0)
  assert.match(String(await failure()), /^'stdout' leads out of the directory/)
})

test('only so many may wait', async (t) => {
  const b = bench(t)
  for (let n = 0; n < OUTPUT_REQUESTS_MAX; n += 1) b.read(`r${n}`, 0, { follow: true })
  b.read('late', 0)
  const reason = `${OUTPUT_REQUESTS_MAX} requests for output wait already`
  assert.deepEqual(shown(await b.inbox.next()), ['late', reason])
  b.output.request({ type: 'abandon', requestId: 'r0' })
  b.write('hello')
  b.read('late', 0)
  const ids = new Set<string>()
  for (let n = 0; n < OUTPUT_REQUESTS_MAX; n += 1) ids.add((await b.inbox.next()).requestId)
  assert.ok(ids.has('late') && ids.has('r1') && !ids.has('r0'))
})

test('a real process is followed from its first byte to its end', async (t) => {
  const b = bench(t)
  const events = new Inbox<LauncherEvent>()
  const launcher = openLauncher({ workDir: b.workDir, tell: events.tell })
  t.after(() => launcher.close())
  const pause = '[ $((i % 500)) = 0 ] && sleep 0.01'
  const program = { shell: `i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); ${pause}; done` }
  launcher.request({ type: 'start', launchId: 'b', program, environment: {}, replyTo: events.ref })
  assert.equal((await events.next()).type, 'started')
  const end = events.next().then(() => b.output.request({ type: 'ended', launchId: 'b' }))
  let text = ''
  for (let done = false; !done;) {
    b.read('x', text.length, { launchId: 'b', follow: true, bytesMax: 4_096 })
    const event = await b.inbox.next()
    assert.ok(event.type === 'output')
    assert.equal(event.offset, text.length)
    text += Buffer.from(event.data).toString()
    done = event.end
  }
  await end
  assert.equal(text, Array.from({ length: 3_000 }, (_, n) => `line ${n}\n`).join(''))
})

test('who waits long enough hears that there is nothing yet, and is forgotten', async (t) => {
  const b = bench(t, 5)
  writeFileSync(`${b.directory}/status`, '')
  for (let number = 0; number < OUTPUT_REQUESTS_MAX; number++) b.read(`left-${number}`, 0, { follow: true })
  for (let number = 0; number < OUTPUT_REQUESTS_MAX; number++) await b.inbox.next()
  b.read('asks again', 0, { follow: true })
  assert.deepEqual(shown(await b.inbox.next()), ['asks again', 0, '', false])
})

test('a growing file is followed, one that is written anew is shorter, and a directory is listed', async (t) => {
  const b = bench(t)
  mkdirSync(`${b.directory}/sandbox`)
  const file = `${b.directory}/sandbox/log`
  writeFileSync(file, 'one')
  const ask = (requestId: string, offset: number) => b.output.request({
    type: 'read', launchId: 'a', path: 'sandbox/log', offset, bytesMax: 9, follow: true, orShorter: true, requestId,
    replyTo: b.inbox.ref,
  })
  ask('x', 3)
  setImmediate(() => appendFileSync(file, ' two'))
  assert.deepEqual(shown(await b.inbox.next()), ['x', 3, ' two', false])
  writeFileSync(file, 'new')
  ask('y', 7)
  const shorter = await b.inbox.next()
  assert.ok(shorter.type === 'output' && shorter.size === 3 && shorter.data.length === 0)
  const list = (launchId: string | undefined, path: string) => b.output.request({
    type: 'list-files', ...(launchId === undefined ? {} : { launchId }), path, entriesMax: 9, requestId: 'l',
    replyTo: b.inbox.ref,
  })
  list('a', '')
  assert.deepEqual(shown(await b.inbox.next()), ['l', 'sandbox,status,stderr,stdout'])
  list(undefined, '')
  assert.deepEqual(shown(await b.inbox.next()), ['l', 'a'])
  list(undefined, 'a/sandbox')
  assert.deepEqual(shown(await b.inbox.next()), ['l', 'log'])
  list('b', '')
  assert.match(String(shown(await b.inbox.next())[1]), /^what 'b' left is not on this agent: .* removed some days/)
  list('a', '../b')
  const refused = await b.inbox.next()
  assert.ok(refused.type === 'listed' && refused.refusal === 'outside')
})
