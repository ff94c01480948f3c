/**
 * Run: `npm run bench -- NAME [--json]`. Prints ratios to peers measured in the same run, with the
 * median and the range of the rounds; never a promise of absolute speed.
 */
import { parseArgs } from 'node:util'
import { PeersMissing } from './peers.js'
import { isMet, type Row } from './rounds.js'

/** Rows are printed as they come. */
type Bench = (progress: (text: string) => void) => Promise<Row[]> | AsyncIterable<Row>

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
    summary: 'messages between actors, in a node and over RabbitMQ, against nact, amqplib, Moleculer and NestJS',
    load: async () => (await import('./runtime.js')).runtime,
  },
  trace: {
    summary: 'what it costs to record messages, against not to',
    load: async () => (await import('./trace.js')).trace,
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
  try {
    for (const name of names) await print(name, values.json)
    return 0
  } catch (error) {
    if (!(error instanceof PeersMissing)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

async function print(name: string, json: boolean): Promise<void> {
  const bench = await BENCHES[name]?.load()
  const rows = await bench?.((text) => process.stderr.write(`${text}\n`)) ?? []
  for await (const row of rows) process.stdout.write(json ? `${JSON.stringify(row)}\n` : `${printed(row)}\n`)
}

function printed(row: Row): string {
  const { value, unit, peer, peerValue, ratio, rounds, goal } = row
  const wanted = goal && ('atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`)
  return `${row.row}: ${round(value)} ${unit}; ${peer}: ${round(peerValue)} ${unit}; ratio ${ratio.median.toFixed(2)} `
    + `(${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)} in ${rounds} rounds`
    + `${wanted === undefined ? '' : `; wanted ${wanted}${isMet(row) ? '' : ', which it is not'}`})`
}

const round = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3))
