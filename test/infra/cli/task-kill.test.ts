import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warren } from '../../support/command-line.js'
import { openOperated } from '../../support/operated-cluster.js'

test('kill ends a task, says what to do next, and is content when it has ended', async (t) => {
  const { http, framework, gate } = await openOperated(t)
  const tenant = await framework('f1')
  const path = `${tenant.id}/t`
  await tenant.start('t', `cat ${gate().path}`)
  const kill = (...args: string[]) => warren(t, ['task', 'kill', ...args, '--master', http.url])
  const killed = await kill('t')
  assert.deepEqual([killed.code, killed.stderr], [0, ''])
  const see = `see what became of it: warren task inspect ${path} --master ${http.url}\n`
  assert.equal(killed.stdout, `killing task ${path}\n${see}`)
  assert.equal((await tenant.ended('t')).state, 'KILLED')
  assert.equal((await kill(path)).stdout, `task ${path} has ended before: KILLED (SIGTERM)\n`)
  const document = JSON.parse((await kill('t', '--json')).stdout)
  assert.deepEqual([document.schemaVersion, document.outcome, document.task.id], [1, 'ended-before', 't'])
  assert.equal((await kill('no-such-task')).code, 4)
})
