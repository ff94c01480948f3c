import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('messages are drawn as they travel, chosen, listed, traced to their causes, and exported', options, async () => {
  const page = await held.seen.open('trace?q=run-task')
  await held.seen.tenant.start('traced', 'true')
  await page.getByText(/^\d+ messages of/).waitFor()
  await page.getByRole('button', { name: /master-m1 master$/ }).waitFor()
  await page.getByRole('button', { name: 'List' }).click()
  await row(page, 'run-task').first().getByRole('button', { name: 'run-task' }).click()
  const message = page.getByRole('complementary', { name: 'Message run-task' })
  await message.getByText('"taskId": "traced"').waitFor()
  assert.match(page.url(), /span=[0-9a-f]{16}/)
  await message.getByRole('button', { name: 'Its causes' }).click()
  await page.locator('.causes').getByText('run-task').first().waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Export as Mermaid' }).click(),
  ])
  assert.match(readFileSync(await download.path(), 'utf8'), /^sequenceDiagram[\s\S]*run-task/)
})

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(held.seen.faults, [])
})
