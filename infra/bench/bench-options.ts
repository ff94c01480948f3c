/** Bench options: what a bench may be told on its command line, as `--name value`. */
import { parseArgs } from 'node:util'

/** To be shown to whoever gave them: also what `--help` asks for. */
export class BenchOptionsError extends Error {}

export interface BenchOption {
  readonly fallback: string
  readonly help: string
}

/** Throws a BenchOptionsError for what is no option, and for `--help`. */
export function parseOptions<Name extends string>(
  bench: string, args: readonly string[], options: Readonly<Record<Name, BenchOption>>,
): Record<Name, string> {
  const entries = Object.entries<BenchOption>(options)
  const lines = entries.map(([name, { fallback, help }]) => `  --${`${name} ${fallback}`.padEnd(34)} ${help}`)
  const declared = Object.fromEntries(entries.map(([name, { fallback }]) =>
    [name, { type: 'string', default: fallback } as const]))
  try {
    return parseArgs({ args: [...args], options: declared, strict: true }).values as Record<Name, string>
  } catch (error) {
    const problem = args.includes('--help') ? '' : `${(error as Error).message}\n`
    throw new BenchOptionsError(`${problem}options of the bench '${bench}', with their defaults:\n${lines.join('\n')}`)
  }
}

/** `200,2000` */
export function countsOf(name: string, text: string): number[] {
  const counts = text.split(',').map(Number)
  if (counts.every((count) => Number.isInteger(count) && count > 0)) return counts
  throw new BenchOptionsError(`--${name} '${text}': write a whole number above 0, or several with commas between`)
}
