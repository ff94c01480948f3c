import { test } from 'node:test'
import { joinWaiting } from '../support/waiting-framework.js'
import { options, row, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('who waits is told why on the pages of framework and role; a task says where it is', options, async (t) => {
  const { cluster, tenant } = held.seen
  const huge = await joinWaiting(t, cluster.hub, 'huge', { needs: { cpus: 8, mem: 64 } })
  const page = await held.seen.open(`frameworks/${huge}`)
  const why = page.getByRole('region', { name: 'Why it waits' })
  await why.getByText('It waits for agents with 8 cpus, 64 MB; 0 of 2 agents would be offered to it next.').waitFor()
  const agents = why.getByRole('list', { name: 'Agents and what is in the way' })
  await agents.getByRole('listitem').filter({ hasText: 'a2' }).getByText('short of cpus 4 < 8 (4 in all)').waitFor()
  await held.seen.open('roles')
  await page.locator('.tree.roles').getByRole('link', { name: /^\*/ }).click()
  await page.getByRole('region', { name: 'huge' }).getByText('short of cpus 4 < 8 (4 in all)').first().waitFor()
  await tenant.start('placed', 'sleep 600')
  await held.seen.open('tasks')
  await row(page, 'placed').getByRole('link', { name: 'placed' }).click()
  await page.getByText(/Of the task: it has its place: RUNNING on a[12]/).waitFor()
  await held.seen.open('tasks/never')
  await page.getByText(/one that has not been launched is known to its framework alone/).waitFor()
})
