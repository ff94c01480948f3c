import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { openEmbeddedCluster, type EmbeddedCluster } from '../../infra/dev/embedded-cluster.js'
import { parseResources } from '../../actors/resources/parse.js'
import { refOf } from '../../runtime/address.js'
import { openTenant, SILENT, type Tenant } from '../support/operated-cluster.js'
import { CHROMIUM, openBrowser, openPage, type Watched } from './browser.js'

const options = CHROMIUM === undefined ? { skip: 'Chromium is not installed' } : { timeout: 110_000 }
const directory = mkdtempSync(join(tmpdir(), 'warren-console-'))
let cluster: EmbeddedCluster
let tenant: Tenant
let browser: Browser
let watched: Watched

before(async () => {
  if (CHROMIUM === undefined) return
  const resources = parseResources('cpus:4;mem:1024;disk:100;ports:[31000-31099]')
  if (!resources.ok) throw new Error(resources.problem)
  const agent = (name: string, rack: string) => ({
    name, resources: resources.value, attributes: { rack: { kind: 'text', text: rack } as never },
  })
  cluster = await openEmbeddedCluster({
    cluster: 'seen', workDir: directory, logger: SILENT, tracePart: 1, agents: [agent('a1', 'r1'), agent('a2', 'r2')],
  })
  tenant = await openTenant(cluster.hub, 'painter')
  browser = await openBrowser()
  watched = await openPage(browser, cluster.http)
})

after(async () => {
  await browser?.close()
  await tenant?.close()
  await cluster?.close()
  rmSync(directory, { recursive: true, force: true })
})

const open = async (path: string): Promise<Page> => {
  await watched.page.goto(`${cluster.http}/console/${path}`, { waitUntil: 'domcontentloaded' })
  return watched.page
}
const row = (page: Page, text: string) => page.locator('tbody tr', { hasText: text })

test('a browser that opens the master comes to the overview, which says that all is well', options, async () => {
  await watched.page.goto(cluster.http)
  await watched.page.getByRole('heading', { name: 'Overview' }).waitFor()
  assert.equal(new URL(watched.page.url()).pathname, '/console/')
  await watched.page.getByText('All is well.').waitFor()
  await watched.page.getByRole('img', { name: /CPU: 0 % used/ }).waitFor()
  await watched.page.locator('.top', { hasText: 'leader m1' }).waitFor()
  await watched.page.getByRole('link', { name: 'Agents 2' }).waitFor()
})

test('agents are listed, lead to their page, and lie on a map', options, async () => {
  const page = await open('agents')
  await row(page, 'a1').getByText('active').waitFor()
  await row(page, 'a2').getByRole('link', { name: 'a2' }).click()
  await page.getByRole('heading', { name: /a2/ }).waitFor()
  await page.getByText('rack:r2').waitFor()
  await page.getByText('belongs to the cluster').waitFor()
  await page.getByRole('link', { name: 'Topology', exact: true }).click()
  await page.getByRole('img', { name: /^2 machines/ }).waitFor()
})

test('a task appears while one looks on, runs, and its end is seen without asking again', options, async () => {
  const page = await open('tasks')
  await page.getByText(/0 tasks|no task has run/i).first().waitFor()
  const gate = join(directory, 'gate')
  execFileSync('mkfifo', [gate])
  await tenant.start('slow', `cat ${gate}; exit 3`)
  await row(page, 'slow').getByText('running').waitFor()
  await tenant.start('quick', 'echo done')
  await row(page, 'quick').getByText('finished').waitFor()
  writeFileSync(gate, '')
  await row(page, 'slow').getByText('failed').waitFor()
  await page.getByText('exit code 3').waitFor()
})

test('the output of a task is followed, and its states are told', options, async () => {
  await tenant.start('talk', 'for i in 1 2 3; do echo word-$i; sleep 0.3; done; echo oops >&2; sleep 600')
  const page = await open('tasks')
  await row(page, 'talk').getByRole('link', { name: 'talk' }).click()
  await page.getByText('word-3').waitFor()
  await page.locator('.output .err', { hasText: 'oops' }).waitFor()
  await page.locator('.steps').getByText('task talk is RUNNING').waitFor()
  await page.getByRole('button', { name: 'End the task' }).click()
  await page.getByRole('button', { name: 'Really end the task' }).click()
  await page.locator('h1').getByText('killed').waitFor()
})

test('the keyboard finds, chooses and opens; a filter is part of the address', options, async () => {
  const page = await open('tasks')
  await row(page, 'quick').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('state:finished quick')
  await page.getByText(/^1 of \d+ tasks$/).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('q'), 'state:finished quick')
  await page.keyboard.press('Tab')
  await page.locator('main').focus()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /quick/ }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog').getByText('this help').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.getByRole('heading', { name: 'Events' }).waitFor()
})

test('frameworks, roles, offers and events are what the master knows', options, async () => {
  const page = await open('frameworks')
  await row(page, 'painter').getByRole('link', { name: 'painter' }).click()
  await row(page, 'quick').waitFor()
  await open('roles')
  await page.locator('.tree.roles').getByRole('link', { name: 'painter' }).waitFor()
  await open('offers')
  await page.getByText('accepted').first().waitFor()
  await open('events?q=task')
  await row(page, 'task slow is FAILED with exit code 3').getByText('warn').waitFor()
})

test('actors are shown as they supervise each other, with the last failure', options, async () => {
  const page = await open('actors')
  const master = page.getByRole('region', { name: 'master-m1' })
  await master.getByRole('button', { name: /^registrar/ }).click()
  await page.getByRole('complementary', { name: 'Actor master/registrar' }).getByText('escalate').waitFor()
  assert.match(page.url(), /actor=master-m1/)
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'agent-a1' }).getByRole('button', { name: /^updates/ }).waitFor()
  await page.getByRole('region', { name: /framework-painter/ }).getByRole('button', { name: /^scheduler/ }).waitFor()
  await open('broker')
  await row(page, 'agent-a2').getByText('connected').waitFor()
})

test('a dead letter is shown with its reason and body, and is sent again', options, async () => {
  const { system } = cluster.master
  system.tell<{ type: string; colour: string }>(refOf(system.node, 'nobody'), { type: 'greet', colour: 'teal' })
  const page = await open('dead-letters')
  await row(page, 'greet').getByRole('button', { name: 'greet' }).click()
  const letter = page.getByRole('complementary', { name: 'Dead letter' })
  await letter.getByText('"colour": "teal"').waitFor()
  await letter.getByText(/no-such-actor/).first().waitFor()
  await letter.getByRole('button', { name: 'Send it again' }).click()
  await page.getByText('2 no-such-actor').waitFor()
})

test('messages are drawn as they travel, chosen, listed, traced to their causes, and exported', options, async () => {
  const page = await open('trace')
  await tenant.start('traced', 'true')
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

test('light and dark are as the system has them, or as one chooses', options, async () => {
  const dark = await openPage(browser, cluster.http, { colorScheme: 'dark' })
  await dark.page.goto(`${cluster.http}/console/`)
  const ground = () => dark.page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  await dark.page.getByText('All is well.').waitFor()
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
    const { page } = await openPage(browser, cluster.http, { colorScheme })
    for (const path of PAGES) {
      await page.goto(`${cluster.http}/console/${path}`, { waitUntil: 'domcontentloaded' })
      await page.locator('h1').waitFor()
      await page.locator('main').getByText(/Reading|Asking/).first().waitFor({ state: 'detached' })
      await page.evaluate(axe.source)
      const found = await page.evaluate('axe.run()') as { violations: { id: string; nodes: { html: string }[] }[] }
      const said = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
      assert.deepEqual(said, [], `on ${path}`)
    }
    await page.close()
  })
}

test('nothing was logged, thrown, or asked of anybody else', options, () => {
  assert.deepEqual(watched.faults, [])
})
