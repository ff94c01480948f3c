import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { FrameworkId, LaunchId, TaskId, UpdateId } from '../../../actors/protocol/ids.js'
import type { JournalEntry } from '../../../actors/protocol/journal.js'
import { JOURNAL_ENTRIES_MAX, openJournalPort, type JournalPort } from '../../../infra/agent/journal-port.js'
import type { LogEvent } from '../../../runtime/log.js'
import { Inbox } from './inbox.js'
import { temporaryDirectory } from './temporary.js'

type Event = LogEvent<JournalEntry>

const frameworkId = 'w-0000' as FrameworkId
const acknowledged: JournalEntry =
  { type: 'update-acknowledged', frameworkId, taskId: 't' as TaskId, updateId: 'w-L0.1' as UpdateId }

/** A journal and what it answers and logs. */
async function open(t: TestContext, path: string) {
  const [box, logged] = [new Inbox<Event>(), new Inbox<string>()]
  const log = (_level: string, text: string, { reason }: Readonly<Record<string, unknown>>): void =>
    logged.tell(logged.ref, `${text}: ${String(reason)}`)
  const port: JournalPort = await openJournalPort(path, box.tell, { log })
  t.after(() => port.close())
  const append = (records: readonly JournalEntry[]): Promise<Event> => {
    port.handle({ type: 'append', records, token: 1, replyTo: box.ref })
    return box.next()
  }
  const replay = async (): Promise<readonly JournalEntry[]> => {
    port.handle({ type: 'replay', replyTo: box.ref })
    const event = await box.next()
    return event.type === 'replayed' ? event.records : []
  }
  return { port, append, replay, logged }
}

const launchesIn = (entries: readonly JournalEntry[]): number =>
  entries.reduce((sum, entry) => sum + (entry.type === 'launches-remembered' ? entry.launchIds.length : 0), 0)

test('of 300,000 launches a shortened journal remembers each, and is read again', async (t) => {
  const path = `${temporaryDirectory(t)}/journal`
  const first = await open(t, path)
  for (let part = 0; part < 60; part++) {
    const launchIds = Array.from({ length: 5_000 }, (_, index) => `warren-L${part * 5_000 + index}` as LaunchId)
    assert.deepEqual(await first.append([{ type: 'launches-remembered', launchIds }]), { type: 'committed', token: 1 })
  }
  await first.append(Array.from({ length: JOURNAL_ENTRIES_MAX }, () => acknowledged))
  await first.port.close()
  const next = await open(t, path)
  assert.equal(launchesIn(await next.replay()), 300_000)
  assert.deepEqual(next.logged.pending, [])
})

test('a journal that cannot be shortened says so, and takes entries as before', async (t) => {
  const path = `${temporaryDirectory(t)}/journal`
  mkdirSync(`${path}.new`) // In the place of the file that is to become the journal.
  const { append, logged } = await open(t, path)
  const many = Array.from({ length: JOURNAL_ENTRIES_MAX }, () => acknowledged)
  assert.deepEqual(await append(many), { type: 'committed', token: 1 })
  assert.match(await logged.next(), /^the journal could not be shortened; .*: journal '.*': illegal operation/)
  assert.deepEqual(await append([acknowledged]), { type: 'committed', token: 1 })
})

test('an entry that could not be read again is refused, and the journal stays readable', async (t) => {
  const path = `${temporaryDirectory(t)}/journal`
  const first = await open(t, path)
  const text = 'x'.repeat(1_000_000)
  const update = { frameworkId, taskId: 't' as TaskId, state: 'FAILED', source: 'agent', atMs: 1, text } as const
  const refused = await first.append([acknowledged, { type: 'update-queued', update }])
  assert.match(refused.type === 'append-failed' ? refused.reason : '', /could not be read again: update: text/)
  await first.append([{ type: 'launches-remembered', launchIds: ['w-L1' as LaunchId] }])
  await first.port.close()
  assert.equal(launchesIn(await (await open(t, path)).replay()), 1)
})
