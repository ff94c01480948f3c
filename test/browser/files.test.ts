import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { violations } from './access.js'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('the files of a task are browsed, viewed, followed as they grow, and downloaded', options, async () => {
  const { seen } = held
  const gate = join(seen.directory, 'file-gate')
  execFileSync('mkfifo', [gate])
  const line = 'mkdir deep; seq 40000 >deep/numbers; echo begun >log; ln -s /etc/passwd out'
  await seen.tenant.start('writer', `${line}; cat ${gate} >>log; sleep 600`)
  const page = await seen.open('tasks')
  await row(page, 'writer').getByRole('link', { name: 'writer' }).click()
  const files = page.getByRole('region', { name: 'Files and directories' })
  await files.getByRole('link', { name: 'sandbox' }).click()
  await files.getByRole('link', { name: 'log', exact: true }).click()
  await page.getByRole('region', { name: 'File log' }).getByText('begun').waitFor()
  assert.match(page.url(), /dir=sandbox&file=sandbox%2Flog/)
  writeFileSync(gate, 'and went on\n')
  await page.getByRole('region', { name: 'File log' }).getByText('and went on').waitFor()
  assert.deepEqual(await violations(page), [])
  await files.getByRole('link', { name: 'deep' }).click()
  await files.getByRole('link', { name: 'numbers', exact: true }).click()
  const viewer = page.getByRole('region', { name: 'File numbers' })
  await viewer.getByText('40000').waitFor()
  await viewer.getByRole('button', { name: 'Beginning' }).click()
  await viewer.getByText(/^1\n2\n3\n/).waitFor()
  await viewer.getByRole('button', { name: 'Later' }).click()
  await viewer.getByText('20000').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'), viewer.getByRole('link', { name: 'Download' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'numbers')
  assert.equal(readFileSync(await download.path(), 'utf8').split('\n').length, 40_001)
  await page.goBack()
  await files.getByRole('link', { name: 'sandbox' }).click()
  await files.getByRole('link', { name: 'out', exact: true }).click()
  await page.getByText("'sandbox/out' leads out of the directory that may be read").waitFor()
  seen.faults.splice(0, seen.faults.length, ...seen.faults.filter((fault) => !/403/.test(fault)))
})

test('the files of all launches of an agent are found on its page', options, async () => {
  const { seen } = held
  const { agents } = await (await fetch(`${seen.cluster.http}/v1/agents`)).json() as { agents: { id: string }[] }
  const { tasks } = await (await fetch(`${seen.cluster.http}/v1/tasks`)).json() as
    { tasks: { agent: string; launch: string }[] }
  const [task] = tasks
  assert.ok(agents.some(({ id }) => id === task?.agent))
  const page = await seen.open(`agents/${task?.agent}`)
  await page.getByRole('link', { name: `${task?.launch} directory` }).click()
  await page.getByRole('link', { name: 'sandbox directory' }).click()
  await page.getByRole('link', { name: 'log', exact: true }).click()
  await page.getByRole('region', { name: 'File log' }).getByText('went on').waitFor()
})

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(held.seen.faults, [])
})
