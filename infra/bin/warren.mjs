#!/usr/bin/env node
/**
 * Launcher of the command line. Loads the bundle that the build made, and makes it first in a clone
 * where nobody has; it is plain JavaScript because it runs before anything is built.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const bundle = new URL('../../.build/bin/warren.js', import.meta.url)
if (!existsSync(fileURLToPath(bundle))) {
  const { ensurePackages } = await import('../setup/packages.mjs')
  const { ensureBuild } = await import('../setup/build.mjs')
  await ensurePackages()
  await ensureBuild()
}
await import(bundle.href)
