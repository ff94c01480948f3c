/**
 * Run: `npm run bench -- NAME [--json]`. Prints ratios to peers measured in the same run, with the
 * median and the range of the rounds; never a promise of absolute speed.
 */
import { parseArgs } from 'node:util'
import type { Row } from './rounds.js'

type Bench = (progress: (text: string) => void) => Promise<Row[]>

interface Entry {
  readonly summary: string
  readonly load: () => Promise<Bench>
}

const BENCHES: Readonly<Record<string, Entry>> = {
  launch: {
    summary: 'short commands a second, against child_process.spawn',
    load: async () => (await import('./launch.js')).launch,
  },
  runtime: {
    summary: 'local tells a second, against nact\'s own dispatch',
    load: async () => (await import('./local-tell.js')).localTell,
  },
  command: {
    summary: 'wall time of `warren run -- true`, against `node -e 0`',
    load: async () => (await import('./command.js')).command,
  },
}

/** Answers the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean', default: false } } as const
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true })
  const names = positionals.length === 1 && positionals[0] === 'all' ? Object.keys(BENCHES) : positionals
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))
  if (names.length === 0 || unknown !== undefined) {
    const list = Object.entries(BENCHES).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`).join('\n')
    const problem = unknown === undefined ? 'name a bench' : `'${unknown}' is no bench`
    process.stderr.write(`${problem}; there are, besides \`all\`:\n${list}\n`)
    return 2
  }
  for (const name of names) {
    const bench = await BENCHES[name]?.load()
    const rows = await bench?.((text) => process.stderr.write(`${text}\n`)) ?? []
    for (const row of rows) process.stdout.write(values.json ? `${JSON.stringify(row)}\n` : `${printed(row)}\n`)
  }
  return 0
}

const printed = ({ row, value, unit, peer, peerValue, ratio, rounds }: Row): string =>
  `${row}: ${round(value)} ${unit}; ${peer}: ${round(peerValue)} ${unit}; ratio ${ratio.median.toFixed(2)} `
  + `(${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)} in ${rounds} rounds)`

const round = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toFixed(1))
