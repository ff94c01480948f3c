/**
 * Start: `npm start`. Brings up what is missing, then runs `warren start` with the same arguments.
 *
 * In this very process: signals, the terminal and the exit code need no passing on, and nothing is
 * started twice.
 */
import { fileURLToPath } from 'node:url'
import { ensureBuild } from './build.mjs'
import { whenStarted } from './clone.mjs'
import { ensurePackages } from './packages.mjs'

await whenStarted(import.meta.url, async () => {
  await ensurePackages()
  await ensureBuild()
  const launcher = new URL('../bin/warren.mjs', import.meta.url)
  process.argv.splice(1, 1, fileURLToPath(launcher), 'start')
  await import(launcher.href)
})
