import assert from 'node:assert/strict'
import { test } from 'node:test'
import axe from 'axe-core'
import { openPage } from './browser.js'
import { options, seenCluster } from './seen-cluster.js'

const held = seenCluster()

test('light and dark are as the system has them, or as one chooses', options, async () => {
  const dark = await openPage(held.seen.browser, held.seen.cluster.http, { colorScheme: 'dark' })
  await dark.page.goto(`${held.seen.cluster.http}/console/`)
  const ground = () => dark.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  await dark.page.locator('h1').waitFor()
  const before = await ground()
  await dark.page.getByRole('button', { name: /^Theme/ }).click()
  assert.notEqual(await ground(), before)
  assert.equal(await dark.page.evaluate('document.documentElement.dataset.theme'), 'light')
  await dark.page.close()
})

const PAGES = [
  '', 'agents', 'topology', 'frameworks', 'tasks', 'roles', 'offers', 'actors', 'trace', 'trace?view=tree', 'events',
  'dead-letters', 'broker',
]

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nothing stands in the way of those who read otherwise, in ${colorScheme}`, options, async () => {
    await held.seen.tenant.start(`shown-${colorScheme}`, 'echo shown')
    const { page } = await openPage(held.seen.browser, held.seen.cluster.http, { colorScheme })
    const said: string[] = []
    for (const path of PAGES) {
      await page.goto(`${held.seen.cluster.http}/console/${path}`, { waitUntil: 'domcontentloaded' })
      await page.locator('h1').waitFor()
      await page.locator('main').getByText(/Reading|Asking/).first().waitFor({ state: 'detached' })
      await page.evaluate(axe.source)
      const found = await page.evaluate('axe.run()') as { violations: { id: string; nodes: { html: string }[] }[] }
      said.push(...found.violations.map(({ id, nodes }) =>
        `${path} ${id}: ${nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join(' | ')}`))
    }
    assert.deepEqual(said, [])
    await page.close()
  })
}

