import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { Running, warren } from '../support/command-line.js'
import { openBrowser, openPage } from './browser.js'
import { options } from './seen-cluster.js'

/** From, to, type. */
type Said = readonly [from: string, to: string, type: string]

const [MASTER, AGENT, UPDATES] = ['master-example/master', 'agent-example/agent', 'agent-example/agent/updates']
const [FIRST, SECOND] = ['framework-framework-1/scheduler', 'framework-framework-2/scheduler']

/** What the worked example tells of, each after the one before it. */
const STORY: readonly Said[] = [
  [AGENT, MASTER, 'register-agent'], [MASTER, AGENT, 'agent-registered'],
  [MASTER, FIRST, 'offers'], [FIRST, MASTER, 'accept'], [MASTER, AGENT, 'run-task'],
]
const EACH_TASK: readonly Said[] = [
  [UPDATES, MASTER, 'task-status'], [MASTER, FIRST, 'update'], [FIRST, MASTER, 'acknowledge'],
  [MASTER, AGENT, 'acknowledge-status'],
]

/** The arrows of a Mermaid diagram, with the names of their lanes. */
function arrowsOf(mermaid: string): Said[] {
  const lanes = new Map<string, string>()
  const arrows: Said[] = []
  let node = ''
  for (const line of mermaid.split('\n')) {
    const [, box] = /^ {2}box (.*)$/.exec(line) ?? []
    const [, id, path] = /^ {4}participant (\S+) as (.*)$/.exec(line) ?? []
    const [, from = '', to = '', type = ''] = /^ {2}(a\d+)-+>>\+?(a\d+): (\S+)/.exec(line) ?? []
    if (box !== undefined) node = box
    if (id !== undefined) lanes.set(id, `${node}/${path}`)
    if (type !== '') arrows.push([lanes.get(from) ?? from, lanes.get(to) ?? to, type])
  }
  return arrows
}

/** All rows of the list, of which those in sight are drawn. */
async function rowsOf(page: Page): Promise<Said[]> {
  const rows = new Map<number, Said>()
  const place = page.getByRole('region', { name: 'Messages' })
  for (;;) {
    const seen = await place.locator('tbody tr[aria-rowindex]').evaluateAll((drawn) => drawn.map((row) => ({
      index: Number(row.getAttribute('aria-rowindex')),
      cells: [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
    })))
    for (const { index, cells: [, type = '', from = '', to = ''] } of seen) rows.set(index, [from, to, type])
    const count = Number(await place.locator('table').getAttribute('aria-rowcount')) - 1
    if (rows.size >= count) return [...rows].sort(([one], [other]) => one - other).map(([, said]) => said)
    await place.evaluate((element) => { element.scrollTop += element.clientHeight })
  }
}

test('the worked example is watched, and what is exported is what the page shows', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-worked-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const example = new Running(t, ['example', 'offers', '--watch'])
  const [, url = ''] = await example.saying(/Watch it at (http:\S+)/)
  const browser = await openBrowser()
  t.after(() => browser.close())
  const { page, faults } = await openPage(browser, new URL(url).origin)
  await page.goto(`${url}&view=list`)
  await example.saying(/\(8\) The master offers/)
  await page.getByRole('row', { name: /offers.*framework-2/ }).first().waitFor()
  // Two launches, twice all that is told of each task, and the second offer.
  const told = STORY.length + 1 + 2 * EACH_TASK.length + 1
  await page.getByText(`${told} messages`, { exact: true }).waitFor()
  const rows = await rowsOf(page)

  // The first of each kind follow each other, and so do the second.
  const places = (said: Said) => rows.flatMap((row, index) => (row.join() === said.join() ? [index] : []))
  const follows = (before: Said, after: Said, times: number) => {
    const [ones, others] = [places(before), places(after)]
    for (let time = 0; time < times; time++) {
      assert.ok((ones[time] ?? Infinity) < (others[time] ?? -1), `${before.join(' ')} before ${after.join(' ')} in\n`
        + rows.map((row) => row.join(' ')).join('\n'))
    }
  }
  STORY.slice(1).forEach((said, index) => follows(STORY[index] as Said, said, 1))
  assert.equal(places([MASTER, AGENT, 'run-task']).length, 2)
  EACH_TASK.slice(1).forEach((said, index) => follows(EACH_TASK[index] as Said, said, 2))
  follows([MASTER, AGENT, 'run-task'], EACH_TASK[0] as Said, 2)
  follows([FIRST, MASTER, 'accept'], [MASTER, SECOND, 'offers'], 1)

  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Export as Mermaid' }).click(),
  ])
  assert.deepEqual(arrowsOf(readFileSync(await download.path(), 'utf8')), rows)

  // And the trace of the accept, with every message of it, is the same in the page and at a terminal.
  await page.getByRole('button', { name: 'accept', exact: true }).click()
  const message = page.getByRole('complementary', { name: 'Message accept' })
  const trace = await message.locator('code').filter({ hasText: /^[0-9a-f]{32}$/ }).textContent() ?? ''
  await page.goto(`${new URL(url).origin}/console/trace?view=list&hide=&trace=${trace}`)
  const shown = await warren(t, ['trace', 'show', '--master', new URL(url).origin, trace, '--format', 'mermaid'])
  const arrows = arrowsOf(shown.stdout)
  await page.getByText(`${arrows.length} messages`, { exact: true }).waitFor()
  assert.deepEqual(await rowsOf(page), arrows)
  for (const type of ['run-task', 'update', 'acknowledge-status']) {
    assert.equal(arrows.filter((arrow) => arrow[2] === type).length, 2, type)
  }
  await page.getByRole('button', { name: 'Sequence' }).click()
  await page.getByRole('img', { name: `${arrows.length} messages among` }).waitFor()
  assert.deepEqual(faults, [])
  example.signal('SIGINT')
  assert.equal((await example.ended).code, 0)
})
