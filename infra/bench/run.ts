/**
 * Run: `npm run bench -- NAME [--json] [OPTIONS of the bench]`. Prints ratios to peers measured in
 * the same run, with the median and the range of the rounds; never a promise of absolute speed.
 */
import { BenchOptionsError } from './bench-options.js'
import { printedFigure, type Figure } from './figure.js'
import { PeersMissing } from './peers.js'
import { isMet, type Row } from './rounds.js'

/** What it finds is printed as it comes. */
type Bench = (
  progress: (text: string) => void, args: readonly string[],
) => Promise<readonly (Row | Figure)[]> | AsyncIterable<Row | Figure>

interface Entry {
  readonly summary: string
  readonly hasOptions?: boolean
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
  failover: {
    summary: 'how soon a cluster is whole again when its leader is gone; --help tells its options', hasOptions: true,
    load: async () => (await import('./failover.js')).failover,
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
  const given = argv.filter((word) => word !== '--json')
  const json = given.length < argv.length
  // What follows the first option is that of the bench, values of options included.
  const optionsFrom = given.findIndex((word) => word.startsWith('-'))
  const asked = optionsFrom < 0 ? given : given.slice(0, optionsFrom)
  const args = optionsFrom < 0 ? [] : given.slice(optionsFrom)
  const names = asked.length === 1 && asked[0] === 'all' ? Object.keys(BENCHES) : asked
  const problem = problemOf(names, args)
  if (problem) {
    const list = Object.entries(BENCHES).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`).join('\n')
    process.stderr.write(`${problem}; there are, besides \`all\`:\n${list}\n`)
    return 2
  }
  try {
    for (const name of names) await print(name, json, args)
    return 0
  } catch (error) {
    if (!(error instanceof PeersMissing || error instanceof BenchOptionsError)) throw error
    process.stderr.write(`${error.message}\n`)
    return error instanceof PeersMissing ? 1 : 2
  }
}

function problemOf(names: readonly string[], args: readonly string[]): string | undefined {
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name))
  if (unknown !== undefined) return `'${unknown}' is no bench`
  if (names.length === 0) return 'name a bench'
  const without = names.find((name) => !BENCHES[name]?.hasOptions)
  return args.length > 0 && without !== undefined ? `the bench '${without}' has no options` : undefined
}

async function print(name: string, json: boolean, args: readonly string[]): Promise<void> {
  const bench = await BENCHES[name]?.load()
  const rows = await bench?.((text) => process.stderr.write(`${text}\n`), args) ?? []
  for await (const row of rows) {
    const text = json ? JSON.stringify(row) : 'ratio' in row ? printed(row) : printedFigure(row)
    process.stdout.write(`${text}\n`)
  }
}

function printed(row: Row): string {
  const { value, unit, peer, peerValue, ratio, rounds, goal } = row
  const wanted = goal && ('atLeast' in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`)
  return `${row.row}: ${round(value)} ${unit}; ${peer}: ${round(peerValue)} ${unit}; ratio ${ratio.median.toFixed(2)} `
    + `(${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)} in ${rounds} rounds`
    + `${wanted === undefined ? '' : `; wanted ${wanted}${isMet(row) ? '' : ', which it is not'}`})`
}

const round = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3))
