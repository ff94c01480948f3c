/** Seen cluster: an embedded cluster that somebody looks at in a browser, with a framework that does as it is told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { parseResources } from '../../actors/resources/parse.js'
import { openEmbeddedCluster, type EmbeddedCluster } from '../../infra/dev/embedded-cluster.js'
import { openTenant, SILENT, type Tenant } from '../support/operated-cluster.js'
import { CHROMIUM, openBrowser, openPage, type Watched } from './browser.js'

export interface Seen extends Watched {
  readonly cluster: EmbeddedCluster
  readonly tenant: Tenant
  readonly browser: Browser
  readonly directory: string
  /** Goes to a page of the console. */
  readonly open: (path: string) => Promise<Page>
}

/** For every test of a file. */
export const options = CHROMIUM === undefined ? { skip: 'Chromium is not installed' } : { timeout: 110_000 }

/** One for a whole file; what it returns is there once the tests run. */
export function seenCluster(): { readonly seen: Seen } {
  const directory = mkdtempSync(join(tmpdir(), 'warren-console-'))
  const holder: { seen: Seen } = { seen: undefined as never }
  before(async () => {
    if (CHROMIUM === undefined) return
    const resources = parseResources('cpus:4;mem:1024;disk:100;ports:[31000-31099]')
    if (!resources.ok) throw new Error(resources.problem)
    const agent = (name: string, rack: string) => ({
      name, resources: resources.value, attributes: { rack: { kind: 'text', text: rack } as never },
    })
    const [cluster, browser] = await Promise.all([openEmbeddedCluster({
      cluster: 'seen', workDir: directory, logger: SILENT, tracePart: 1, agents: [agent('a1', 'r1'), agent('a2', 'r2')],
    }), openBrowser()])
    const tenant = await openTenant(cluster.hub, 'painter')
    const watched = await openPage(browser, cluster.http)
    const open = async (path: string) => {
      await watched.page.goto(`${cluster.http}/console/${path}`, { waitUntil: 'domcontentloaded' })
      return watched.page
    }
    holder.seen = { ...watched, cluster, tenant, browser, directory, open }
  })
  after(async () => {
    const { browser, tenant, cluster } = holder.seen ?? {}
    await browser?.close()
    await tenant?.close()
    await cluster?.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return holder
}

/** The row of a table in which this is said. */
export const row = (page: Page, text: string) => page.locator('tbody tr', { hasText: text })
