import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameworkId, LaunchId, TaskId, UpdateId } from '../../actors/protocol/ids.js'
import type { JournalEntry } from '../../actors/protocol/journal.js'
import { TEXT_CHARACTERS_MAX } from '../../runtime/schema.js'
import { INBOUND_BYTES_MAX } from '../../infra/codec.js'
import { RECORD_BYTES_MAX } from '../../infra/disk/frames.js'
import { packEntry, unpackEntry } from '../../infra/entry-codec.js'

const launches = (count: number): JournalEntry => ({
  type: 'launches-remembered',
  launchIds: Array.from({ length: count }, (_, index) => `warren-L${index}`.padEnd(200, 'x') as LaunchId),
})

const queued = (text: string): JournalEntry => ({
  type: 'update-queued',
  update: {
    updateId: 'w-L1.1' as UpdateId, frameworkId: 'w-0000' as FrameworkId, taskId: 't' as TaskId,
    launchId: 'w-L1' as LaunchId, state: 'FAILED', source: 'agent', atMs: 1, text,
  },
})

test('an entry may be longer than what is read of a peer, and comes back as it was', () => {
  const entry = launches(50_000)
  const bytes = packEntry(entry)
  assert.ok(bytes.length > 4 * INBOUND_BYTES_MAX)
  assert.deepEqual(unpackEntry(bytes), entry)
})

test('what could not be read again is not written, and the reason says where', () => {
  const longest = queued('x'.repeat(TEXT_CHARACTERS_MAX))
  assert.deepEqual(unpackEntry(packEntry(longest)), longest)
  assert.throws(() => packEntry(queued('x'.repeat(TEXT_CHARACTERS_MAX + 1))), {
    message: "'update-queued' could not be read again: update: text: expected text",
  })
  assert.throws(() => packEntry({ type: 'launches-remembered', launchIds: ['a/b'] } as unknown as JournalEntry), {
    message: "'launches-remembered' could not be read again: launchIds: 0: expected id",
  })
  assert.throws(() => packEntry(launches(90_000)), {
    message: new RegExp(`^'launches-remembered' of 18\\d+ bytes could not be read again; at most ${RECORD_BYTES_MAX} `),
  })
})

test('what was never declared, or is no plain data, is not written', () => {
  for (const entry of [{ type: 'never-declared' }, { ...queued(''), update: new Date(0) }]) {
    assert.throws(() => packEntry(entry), new RegExp(`^Error: '${entry.type}' c`))
  }
})
