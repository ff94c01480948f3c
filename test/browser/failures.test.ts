import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { devCluster, Running } from '../support/command-line.js'
import { openBrowser, openPage } from './browser.js'
import { options } from './seen-cluster.js'

/** It fails in each of its first three lives, when it is offered something. */
const FAILING = `import { framework } from 'warren'
let lives = 0
export default framework({
  name: 'clumsy',
  initial: () => ++lives,
  receive(life, event, ctx) {
    if (event.type !== 'offers') return life
    if (life <= 3) throw new Error('dropped offer number ' + life)
    ctx.decline(event.offers)
    ctx.log('info', 'now it stands')
    return life
  },
})
`

test('an actor that fails three times is seen among actors, with causes and decisions', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-failures-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const { http, find } = await devCluster(t, join(directory, 'w'), '--agents', '1')
  const file = join(directory, 'clumsy.ts')
  writeFileSync(file, FAILING)
  const run = new Running(t, ['framework', 'run', ...find, file])
  await run.saying(/now it stands/)
  const browser = await openBrowser()
  t.after(() => browser.close())
  const { page, faults } = await openPage(browser, http)
  await page.goto(`${http}/console/actors?kind=framework`)
  const actor = page.getByRole('button', { name: /^scheduler/ })
  await actor.getByText('failed 3 times').waitFor()
  await actor.getByText('dropped offer number 3: restarted').waitFor()
  await actor.click()
  const drawer = page.getByRole('complementary', { name: 'Actor scheduler' })
  await drawer.getByRole('region', { name: 'Last failure' }).getByText('dropped offer number 3').waitFor()
  await drawer.getByText('it was given a new life, with a fresh state and the same mailbox').waitFor()
  await drawer.getByText('offers', { exact: true }).first().waitFor()
  const earlier = drawer.getByRole('region', { name: 'Earlier failures' }).getByRole('listitem')
  const said = await earlier.evaluateAll((items) => items.map(({ textContent }) => textContent?.replace(/^.*: d/, 'd')))
  assert.deepEqual(said, ['dropped offer number 2; restarted', 'dropped offer number 1; restarted'])
  await page.getByRole('button', { name: 'Close' }).click()
  assert.deepEqual(faults, [])
})
