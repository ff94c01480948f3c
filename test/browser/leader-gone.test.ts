import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { Running, warren } from '../support/command-line.js'
import { devProcess } from '../support/dev-process.js'
import { openBrowser, openPage } from './browser.js'
import { options, row } from './seen-cluster.js'

test('pages go on with the next leader when theirs is killed, and mark what they have missed', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-leader-gone-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const cluster = await devProcess(t, join(directory, 'w'), 3, '--agents', '1')
  const [{ http: first = '' } = {}] = cluster.masters
  const browser = await openBrowser()
  t.after(() => browser.close())
  const { page: trace } = await openPage(browser, first)
  const { page: overview } = await openPage(browser, first)
  const launch = async (name: string) => {
    const run = await warren(t, ['run', ...cluster.find, '--name', name, '--', 'true'])
    assert.equal(run.code, 0, run.stderr)
  }
  const heardOf = (page: Page) => page.waitForResponse(async (response) =>
    response.url().endsWith('/v1/masters') && /"m2".*"m3"/.test(await response.text()))
  const heard = Promise.all([trace, overview].map(heardOf))
  await trace.goto(`${first}/console/trace?type=run-task&view=list`)
  await overview.goto(`${first}/console/`)
  await heard
  await launch('before')
  await row(trace, 'master-m1/master').first().waitFor()
  await overview.getByText('leader m1, epoch 1').waitFor()

  cluster.kill('master m1')
  await trace.getByText(/leader m[23], epoch 2/).waitFor()
  await launch('after')
  const [, next = ''] = /leader (m[23])/.exec(await trace.locator('header.top').textContent() ?? '') ?? []
  // Hops flow, and what was seen before is still there.
  await row(trace, `master-${next}/master`).first().waitFor()
  assert.ok((await row(trace, 'master-m1/master').count()) > 0)
  const said = new RegExp(`no hops seen from [\\d:.]+ to [\\d:.]+: leader m1 gone, ${next} leads`)
  await row(trace, 'no hops seen').getByText(said).waitFor()
  await trace.getByRole('button', { name: 'Sequence' }).click()
  const band = trace.getByRole('note').getByText(said)
  await band.waitFor()
  const box = await band.boundingBox()
  assert.ok(box && box.height > 10, 'the band has room for its words')
  await trace.getByRole('status').getByText(said).waitFor()

  await overview.getByText(`The leader changed: ${next} leads`).waitFor()
  await overview.getByText(/m1 was gone at [\d:.]+; m[23] was found at [\d:.]+, in epoch 2/).waitFor()
  // What other pages ask comes from there, too, and so do orders.
  await overview.getByRole('link', { name: /^Tasks/ }).click()
  await row(overview, 'after').waitFor()
  await overview.getByRole('link', { name: /^Events/ }).click()
  await row(overview, `master ${next} leads from here on`).waitFor()

  await overview.getByRole('link', { name: /^Agents/ }).click()
  await row(overview, 'a1').getByRole('link', { name: /a1|S0/ }).first().click()
  await overview.getByRole('button', { name: 'Deactivate' }).click()
  await overview.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
  await overview.locator('h1').getByText('deactivated').waitFor()

  // And so once more, though the page came from neither of the two.
  cluster.kill(`master ${next}`)
  const last = next === 'm2' ? 'm3' : 'm2'
  await trace.getByText(`leader ${last}, epoch 3`).waitFor()
  await trace.getByRole('status').getByText(`leader ${next} gone, ${last} leads`).waitFor()
})

test('what a task writes is followed on with the next leader, as its output and as a file', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-leader-gone-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const cluster = await devProcess(t, join(directory, 'w'), 2, '--agents', '1')
  const [{ http: first = '' } = {}] = cluster.masters
  const gate = join(directory, 'gate')
  execFileSync('mkfifo', [gate])
  const script = `echo before | tee grows; cat ${gate} | tee -a grows; sleep 600`
  const run = new Running(t, ['run', ...cluster.find, '--name', 'writer', '--', 'sh', '-c', script])
  await run.saying(/before/)
  const browser = await openBrowser()
  t.after(() => browser.close())
  const { page } = await openPage(browser, first)
  const heard = page.waitForResponse(async (response) =>
    response.url().endsWith('/v1/masters') && /"m2"/.test(await response.text()))
  await page.goto(`${first}/console/tasks`)
  await heard
  await row(page, 'writer').getByRole('link', { name: 'writer' }).click()
  const output = page.getByRole('region', { name: 'Output' })
  const files = page.getByRole('region', { name: 'Files and directories' })
  await files.getByRole('link', { name: 'sandbox' }).click()
  await files.getByRole('link', { name: 'grows', exact: true }).click()
  const viewer = page.getByRole('region', { name: 'File grows' })
  for (const place of [output, viewer]) await place.getByText('before').waitFor()

  cluster.kill('master m1')
  await page.getByText(/leader m2, epoch 2/).waitFor()
  await writeFile(gate, 'and after\n')
  for (const place of [output, viewer]) {
    await place.getByText(/^before\nand after\n$/).waitFor()
    await place.getByRole('status').getByText('following').waitFor()
  }
})
