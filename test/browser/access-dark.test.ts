import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testAccess } from './access.js'
import { openPage } from './browser.js'
import { options } from './seen-cluster.js'

// What is not colour is the same in the light.
const held = testAccess('dark', ['color-contrast'])

test('light and dark are as the system has them, or as one chooses', options, async () => {
  const { page } = await openPage(held.seen.browser, held.seen.cluster.http, { colorScheme: 'dark' })
  await page.goto(`${held.seen.cluster.http}/console/`)
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  await page.locator('h1').waitFor()
  const before = await ground()
  await page.getByRole('button', { name: /^Theme/ }).click()
  assert.notEqual(await ground(), before)
  assert.equal(await page.evaluate('document.documentElement.dataset.theme'), 'light')
  await page.close()
})
