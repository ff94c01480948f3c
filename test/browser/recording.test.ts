import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import type { HopRecord } from '../../infra/trace/hop-record.js'
import { TraceFileWriter } from '../../infra/trace/trace-file.js'
import { Running } from '../support/command-line.js'
import { openBrowser, openPage } from './browser.js'
import { options } from './seen-cluster.js'

const HOPS = 100_000
const PART = 500
/** What the page may work until all is drawn; the thread's own time, so that a busy machine does not count. */
const OPEN_SECONDS_MAX = 3
const ACTORS = [
  'master-m1@life1/master',
  'master-m1@life1/master/allocator',
  'agent-a1@life1/agent',
  'agent-a2@life1/agent',
]

/** Messages of four hops each, a few at a time under way. */
function hop(index: number): HopRecord {
  const number = Math.floor(index / 4)
  const kind = (['sent', 'enqueued', 'delivered', 'processed'] as const)[index % 4] ?? 'sent'
  const [from, to] = [ACTORS[number % 4] ?? '', ACTORS[(number + 1 + (number % 3)) % 4] ?? '']
  const node = (kind === 'sent' ? from : to).replace(/\/.*/, '')
  const span = number.toString(16).padStart(16, '0')
  return {
    kind,
    atMs: 1_700_000_000_000 + number * 2 + (index % 4) * 0.7,
    node,
    span,
    from,
    to,
    type: `kind-${number % 17}`,
    trace: Math.floor(number / 50)
      .toString(16)
      .padStart(32, '0'),
    ...(number % 50 === 0 ? {} : { parent: (number - 1).toString(16).padStart(16, '0') }),
    ...(kind === 'delivered' ? { bytes: 40, body: { number, text: 'what it says' } } : {}),
    ...(kind === 'processed' ? { durationMs: 0.4, outcome: 'ok' as const } : {}),
  }
}

test('a recording of 100,000 hops opens without a cluster, is drawn, scrolled and searched', options, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'warren-recording-'))
  const file = join(directory, 'long.trace')
  const writer = await TraceFileWriter.create(file)
  for (let at = 0; at < HOPS; at += PART)
    await writer.write(Array.from({ length: PART }, (_, index) => hop(at + index)))
  await writer.close()
  const server = new Running(t, ['trace', 'open', file])
  const [url = ''] = await server.saying(/http:\/\/\S+/)
  const browser = await openBrowser()
  t.after(async () => {
    await browser.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const { page, faults } = await openPage(browser, new URL(url).origin)
  const began = performance.now()
  await page.goto(url)
  await page.getByText('25,000 messages of 100,000 hops').waitFor()
  const wallSeconds = (performance.now() - began) / 1_000
  const { ProcessTime = 0 } = await figures(page)
  t.diagnostic(`opened in ${wallSeconds.toFixed(2)} s, ${ProcessTime.toFixed(2)} s of CPU`)
  assert.ok(ProcessTime < OPEN_SECONDS_MAX, `it took ${ProcessTime} s of CPU`)
  const scrolled = (await page.evaluate(`new Promise((resolve) => {
    const place = document.querySelector('.sequence')
    const began = performance.now()
    let frames = 0
    const step = () => {
      place.scrollTop += 4000
      if (++frames < 60) requestAnimationFrame(step)
      else resolve({ ms: performance.now() - began, top: place.scrollTop })
    }
    step()
  })`)) as { ms: number; top: number }
  assert.ok(scrolled.top > 100_000, `it scrolled to ${scrolled.top}`)
  t.diagnostic(`60 frames of scrolling in ${Math.round(scrolled.ms)} ms`)
  await page.locator('.sequence').focus()
  await page.keyboard.press('j')
  await page
    .getByRole('complementary', { name: /^Message kind-/ })
    .getByText('what it says')
    .waitFor()
  await page.getByRole('button', { name: 'Causes', exact: true }).click()
  await page.getByText(/^50 messages in/).waitFor()
  assert.deepEqual(faults, [])
})

/** What the page's own thread has worked, whatever else the machine has to do. */
async function figures(page: Page): Promise<Record<string, number>> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
}
