import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { holdActor } from '../support/held-actor.js'
import { violations } from './access.js'
import { openPage } from './browser.js'
import { options, seenCluster } from './seen-cluster.js'

const held = seenCluster()
const SECRET = 'what-nobody-may-see'

async function openDrawer(page: Page, node: string, path: string) {
  const address = encodeURIComponent(`${node}/${path}`)
  await page.goto(`${held.seen.cluster.http}/console/actors?actor=${address}`, { waitUntil: 'domcontentloaded' })
  const drawer = page.getByRole('complementary', { name: `Actor ${path}` })
  const waiting = drawer.getByRole('region', { name: 'Waiting messages' })
  return { drawer, waiting, state: drawer.getByRole('region', { name: 'State' }) }
}

test('the state of an actor is unfolded as far as one likes, and stays so while it changes', options, async () => {
  const { page, cluster, tenant } = held.seen
  const { drawer, state, waiting } = await openDrawer(page, cluster.master.system.node, 'master')
  await waiting.getByText(/^Nothing waits\.$|^describe-/).first().waitFor()
  const named = (name: string) => state.locator('summary', { has: page.getByText(`${name}:`, { exact: true }) })
  await named('cluster').focus()
  await page.keyboard.press('Enter')
  // The only one there is is unfolded with them.
  await named('frameworks').click()
  await named('info').click()
  const painter = state.getByText('"painter"', { exact: true })
  await painter.waitFor()
  const launches = state.getByRole('listitem').filter({ has: page.getByText('nextLaunch:', { exact: true }) }).last()
  await launches.getByText('0', { exact: true }).waitFor()
  await tenant.start('kept', 'sleep 600', { API: SECRET })
  await launches.getByText('1', { exact: true }).waitFor()
  await painter.waitFor()
  for (const name of ['tasks', 'task', 'command', 'environment']) await named(name).last().click()
  await state.getByText('API:', { exact: true }).waitFor()
  const isTooWide = await drawer.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  assert.ok(!isTooWide, 'what is long is cut, so that nothing has to be scrolled sideways')
  assert.ok(!(await page.content()).includes(SECRET))
})

test('messages that wait are listed with who sent them, unfolded on demand, and show no secret', options, async () => {
  const { page, cluster } = held.seen
  const { system } = cluster.agents[0] ?? assert.fail()
  const ref = holdActor(system, 'held', [{ type: 'start', environment: { API: SECRET }, launchId: 'l1' } as never])
  const sender = system.spawn('sender', {
    initial: () => null,
    receive: (state: null, message: { readonly type: string }, ctx) => {
      for (let count = 0; count < 40; count++) ctx.tell(ref, message)
      return state
    },
  })
  system.tell(sender, { type: 'repeated' })
  const { state, waiting } = await openDrawer(page, system.node, 'held')
  await waiting.getByRole('button', { name: /^start waits/ }).click()
  await waiting.getByText('"l1"').waitFor()
  await waiting.getByText('environment:').click()
  await waiting.getByText('API:', { exact: true }).waitFor()
  await waiting.getByText('… 11 more').waitFor()
  await state.getByText('It holds nothing now: it has failed, and its next life begins after a pause.').waitFor()
  assert.ok(!(await page.content()).includes(SECRET))
  assert.deepEqual(await violations(page), [])
  await waiting.getByRole('link', { name: 'agent-a1/sender' }).first().click()
  const drawer = page.getByRole('complementary', { name: 'Actor sender' })
  await drawer.getByRole('region', { name: 'State' }).getByText('null', { exact: true }).waitFor()
  assert.deepEqual(held.seen.faults, [])
})

test('the drawer can be read in the dark, and says so when its node does not answer', options, async () => {
  const { browser, cluster } = held.seen
  const { page } = await openPage(browser, cluster.http, { colorScheme: 'dark' })
  const { state, drawer } = await openDrawer(page, cluster.master.system.node, 'master/allocator')
  await state.getByText('allocation:').click()
  await state.getByText('shares:').click()
  assert.deepEqual(await violations(page, ['color-contrast']), [])
  const message = "node 'master-m1@life1' did not answer: it is busy, or gone"
  await page.route('**/v1/actors/**', (route) => route.fulfill({
    status: 503, contentType: 'application/json', body: JSON.stringify({ error: { code: 'unavailable', message } }),
  }))
  await drawer.getByRole('alert').getByText(message).waitFor()
  await state.getByText('shares:').waitFor()
  await page.close()
})
