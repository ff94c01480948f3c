import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sinceOption } from '../../../infra/cli/events.js'
import { Failure } from '../../../infra/cli/failure.js'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('what is no time is refused by the name of its option', () => {
  for (const text of ['yesterday', '', '10 m', '10w']) {
    assert.throws(() => sinceOption(text), (error) =>
      error instanceof Failure && error.exitCode === 2 && error.message.startsWith(`--since '${text}' is no time: `))
  }
})

test('every kind of time that is taken here is taken by the master', async (t) => {
  const { http } = await openOperated(t)
  for (const text of ['500ms', '30s', '10m', '2h', '1d', '2026-01-31T12:00:00Z', '2026-01-31']) {
    const { code, stderr } = await warren(t, ['events', '--since', text, '--json', '--master', http.url])
    assert.deepEqual([code, stderr], [0, ''], text)
  }
})
