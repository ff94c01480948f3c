/**
 * Trace: what tracing costs a message between two actors of a node: switched off, against the same kernel
 * with all that belongs to tracing cut out of it; and switched on, against it switched off.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { build } from 'esbuild'
import { nodeAddress } from '../../runtime/address.js'
import { HopRing } from '../trace/hop-ring.js'
import { flooded, type FloodOptions } from './flooded.js'
import { contest, type Row } from './rounds.js'

const ROUNDS = { off: 15, on: 7 } as const
/** In each round, all of which count: whether one flood is spared a collection of garbage is a matter of luck. */
const FLOODS = 5
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const UNTRACED = join(ROOT, '.build', 'bench-untraced.mjs')

type Flooded = (options?: FloodOptions) => Promise<number>

export async function* trace(progress: (text: string) => void): AsyncGenerator<Row> {
  steady()
  const untraced = await withoutTracing()
  const common = { bench: 'trace', unit: 'messages per CPU second', progress } as const
  const ring = (part: number) => new HopRing(nodeAddress('agent', 'bench', 'b1'), part)
  yield await contest({
    ...common, row: 'local tell, tracing off', peer: 'no tracing at all', goal: { atLeast: 0.99 },
    rounds: ROUNDS.off, subject: () => all(flooded), rival: () => all(untraced),
  })
  const on = { ...common, peer: 'tracing off', goal: { atLeast: 0.75 }, rounds: ROUNDS.on } as const
  yield await contest({
    ...on, row: 'local tell, tracing on', subject: () => all(() => flooded({ traces: ring(1) })),
    rival: () => all(flooded),
  })
  yield await contest({
    ...on, row: 'local tell, one trace of a hundred', rival: () => all(flooded),
    subject: () => all(() => flooded({ traces: ring(0.01) })),
  })
}

/**
 * V8 may come to hold that messages live long, and make them where that is dear, or may not; the same flood then takes
 * three times as long in one run as in the next, and of two that are compared it often befalls one.
 */
function steady(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

async function all(flood: () => Promise<number>): Promise<number> {
  let seconds = 0
  for (let each = 0; each < FLOODS; each++) seconds += 1 / await flood()
  return FLOODS / seconds
}

/** The flood on a kernel for which nobody ever traces, so that no check of it is left. */
async function withoutTracing(): Promise<Flooded> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'infra/bench/flooded.ts')], bundle: true, format: 'esm', platform: 'node',
    target: 'node20', minifySyntax: true, write: false, absWorkingDir: ROOT, packages: 'external', outfile: UNTRACED,
    plugins: [{
      name: 'no-tracing',
      setup({ onLoad }) {
        onLoad({ filter: /\/runtime\/\w+\.ts$/ }, ({ path }) => ({ loader: 'ts', contents: cutOut(path) }))
      },
    }],
  })
  writeFileSync(UNTRACED, outputFiles[0]?.contents ?? '')
  try {
    const module = await import(pathToFileURL(UNTRACED).href) as { readonly flooded: Flooded }
    return module.flooded
  } finally {
    rmSync(UNTRACED)
  }
}

const cutOut = (path: string): string => readFileSync(path, 'utf8')
  .replace(/\b(?:this\.)?neighbourhood\.traces\b|(?<!readonly )\bthis\.traces\b(?! =)/g, 'undefined')
