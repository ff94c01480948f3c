/** Access: that nothing on any page stands in the way of those who read otherwise, in one colour scheme. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { openPage } from './browser.js'
import { options, seenCluster, type Seen } from './seen-cluster.js'

const PAGES = [
  '', 'agents', 'topology', 'frameworks', 'tasks', 'roles', 'roles/*', 'offers', 'actors', 'trace?view=tree', 'events',
  'dead-letters', 'broker',
]

interface Found {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** What stands in the way on a page as it is now. @param rules all of axe's unless named */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(`axe.run(${JSON.stringify(rules ? { runOnly: rules } : {})})`) as Found
  return found.violations.map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 4).map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** @param rules all of axe's unless named @returns the cluster, for further tests of the file */
export function testAccess(colorScheme: 'light' | 'dark', rules?: readonly string[]): { readonly seen: Seen } {
  const held = seenCluster()
  test(`nothing stands in the way of those who read otherwise, in ${colorScheme}`, options, async () => {
    await held.seen.tenant.start('shown', 'echo shown')
    const { page } = await openPage(held.seen.browser, held.seen.cluster.http, { colorScheme })
    const said: string[] = []
    for (const path of PAGES) {
      await page.goto(`${held.seen.cluster.http}/console/${path}`, { waitUntil: 'domcontentloaded' })
      await page.locator('h1').waitFor()
      await page.locator('main').getByText(/Reading …|Asking/).first().waitFor({ state: 'detached' })
      said.push(...(await violations(page, rules)).map((each) => `${path} ${each}`))
    }
    assert.deepEqual(said, [])
  })
  return held
}
