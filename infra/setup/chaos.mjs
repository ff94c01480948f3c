/**
 * Chaos: `npm run chaos -- [--minutes N] [--seed S] [--faults a,b,…]`. Brings up what is missing, then hands over
 * to `test/chaos/cluster/`.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuild } from './build.mjs'
import { root, SetupError, whenStarted } from './clone.mjs'
import { ensurePackages } from './packages.mjs'
import { ensureRabbitmq } from './rabbitmq.mjs'

await whenStarted(import.meta.url, async () => {
  await ensurePackages()
  const found = ensureRabbitmq()
  if ('missing' in found) throw new SetupError(found.missing)
  await ensureBuild()
  const { run } = await import(pathToFileURL(join(root, '.build', 'test', 'chaos', 'cluster', 'run.js')).href)
  // Ends here, whatever may still be open: the result is said.
  process.exit(await run(process.argv.slice(2)))
})
