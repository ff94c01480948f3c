/**
 * Bench: `npm run bench -- NAME [--json]`. Brings up what is missing, then hands over to `infra/bench/`.
 *
 * What it starts is a module `run` that exports `run(args): Promise<number>`, the exit code; without a
 * name it lists the benchmarks.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuild } from './build.mjs'
import { root, SetupError, whenStarted } from './clone.mjs'
import { ensurePackages } from './packages.mjs'

await whenStarted(import.meta.url, async () => {
  await ensurePackages()
  await ensureBuild()
  const built = join(root, '.build', 'infra', 'bench', 'run.js')
  if (!existsSync(built)) throw new SetupError('there are no benchmarks: infra/bench/run.ts is missing')
  const { run } = await import(pathToFileURL(built).href)
  return run(process.argv.slice(2))
})
