/**
 * Simulate: `npm run simulate -- [--seeds N] [--help]`. Brings up what is missing, then runs whole simulated
 * clusters from seeds (`test/simulation/`).
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuild } from './build.mjs'
import { root, SetupError, whenStarted } from './clone.mjs'
import { ensurePackages } from './packages.mjs'

await whenStarted(import.meta.url, async () => {
  await ensurePackages()
  await ensureBuild()
  const { simulate } = await import(pathToFileURL(join(root, '.build', 'test', 'simulation', 'simulate.js')).href)
  try {
    return await simulate(process.argv.slice(2))
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, 2)
  }
})
