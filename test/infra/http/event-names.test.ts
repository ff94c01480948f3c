import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import type { HistoryEntry } from '../../../actors/protocol/operator.js'
import { EVENT_NAMES_MAX, EventNames } from '../../../infra/http/event-names.js'

const admitted = (number: number, name: string) => ({
  number, atMs: 0, happening: { type: 'framework-admitted', frameworkId: `f${number}` as FrameworkId, info: { name } },
}) as HistoryEntry

test('whoever was admitted keeps its name in events, also when it has ended, until there are too many', () => {
  const names = new EventNames()
  names.hear([admitted(0, 'web'), admitted(1, 'batch')])
  assert.deepEqual([names.of('f0'), names.of('f1'), names.of('f2')], ['web', 'batch', undefined])
  names.hear([admitted(0, 'site')])
  assert.equal(names.of('f0'), 'site')
  names.hear(Array.from({ length: EVENT_NAMES_MAX - 1 }, (_, index) => admitted(index + 2, 'later')))
  assert.deepEqual([names.of('f1'), names.of('f0')], [undefined, 'site'])
})
