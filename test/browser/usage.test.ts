import assert from 'node:assert/strict'
import { test } from 'node:test'
import { violations } from './access.js'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('a machine shows how busy it is beside what is allocated, and which task makes it so', options, async () => {
  const { seen } = held
  await seen.tenant.start('spinner', 'while :; do :; done')
  const page = await seen.open('tasks')
  await row(page, 'spinner').getByRole('link', { name: 'spinner' }).click()
  await page.getByText(/CPU, .* memory, \d processes/).waitFor()
  const answer = await fetch(`${seen.cluster.http}/v1/tasks`)
  const { tasks: [task] } = await answer.json() as { tasks: { agent: string }[] }
  await seen.open(`agents/${task?.agent}`)
  const card = page.getByRole('region', { name: 'In use now' })
  await card.getByRole('img', { name: /^In use: / }).first().waitFor()
  await card.getByText('0.5 of 4 CPU').waitFor()
  await row(page, 'spinner').getByText(/of 0\.5/).first().waitFor()
  await card.getByRole('img', { name: /CPU in use over the last/ }).waitFor()
  assert.deepEqual(await violations(page), [])
})

test('the list and the map tell of all machines what is in use', options, async () => {
  const page = await held.seen.open('agents')
  for (const agent of ['a1', 'a2']) await row(page, agent).getByRole('img', { name: /^CPU in use: / }).waitFor()
  await held.seen.open('topology')
  await page.getByLabel('Shade by').selectOption('memory in use')
  await page.getByText('2 agents, 2 measured so far').waitFor()
  assert.match(page.url(), /shade=mem/)
  assert.deepEqual(await violations(page), [])
})

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(held.seen.faults, [])
})
