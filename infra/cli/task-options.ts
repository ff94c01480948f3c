/** Task options: what `run` and `batch` let people say about a task, read from text with its fix named. */
import { commandProblem } from '../../actors/frameworks/batch-packing.js'
import { of } from '../../actors/resources/amounts.js'
import type { Resources } from '../../actors/resources/resources.js'
import { RANGES_MAX } from '../../actors/resources/validity.js'
import type { Option } from './command.js'
import { EXIT, Failure } from './failure.js'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, '': 1_000, m: 60_000, h: 3_600_000 }
const TIMEOUT_MAX_MS = 365 * 24 * 3_600_000
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The options of a task, with the memory that it gets unless told otherwise, in MB. */
export const taskOptions = (memMb: number): readonly Option[] => [
  { flags: '--cpus <number>', help: 'processors; 0.5 is half of one', fallback: '1', parse: amount('cpus') },
  { flags: '--mem <mb>', help: 'memory in MB', fallback: String(memMb), parse: amount('mem') },
  { flags: '--disk <mb>', help: 'disk in MB', parse: amount('disk') },
  { flags: '--env <name=value...>', help: 'environment variables of the task; end the list with --' },
  {
    flags: '--timeout <duration>',
    help: 'seconds, or 500ms, 30s, 5m, 2h, from when it runs; then the task is ended',
    parse: duration('timeout'),
  },
]

/** What a task of these options takes. */
export function resourcesOf(options: Readonly<Record<string, unknown>>): Resources {
  const wanted = ['cpus', 'mem', 'disk'].flatMap((name): [string, number][] => {
    const given = options[name]
    return given === undefined ? [] : [[name, Number(given)]]
  })
  try {
    const resources = of(Object.fromEntries(wanted))
    if (Object.keys(resources.scalars).length > 0) return resources
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message)
  }
  throw new Failure(EXIT.usage, 'the task asks for nothing; write at least --cpus 0.1')
}

export function environmentOf(options: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = (options['env'] ?? []) as readonly string[]
  return Object.fromEntries(given.map((text) => {
    const [name = '', ...rest] = text.split('=')
    if (rest.length > 0 && VARIABLE.test(name)) return [name, rest.join('=')]
    const fix = 'write --env NAME=VALUE -- before the command'
    throw new Failure(EXIT.usage, `--env: '${text}' is no NAME=VALUE; ${fix}`)
  }))
}

/** Reads an amount of a resource, in its unit. */
export const amount = (name: string) => (text: string): number => {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number
  const fix = name === 'cpus' ? 'a number, such as --cpus 0.5' : `a number of MB, such as --${name} 256`
  throw new Failure(EXIT.usage, `--${name}: '${text}' is no amount; write ${fix}`)
}

/** Reads a whole number from `least` on. */
export const count = (name: string, least: number, most = 1_000_000) => (text: string): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  const fix = `write a whole number from ${least} to ${most}`
  throw new Failure(EXIT.usage, `--${name}: '${text}' is no count; ${fix}`)
}

export const portCount = count('ports', 0, RANGES_MAX)

/** Reads a duration into milliseconds; a bare number counts seconds. */
export function duration(name: string): (text: string) => number {
  return (text) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h)?$/.exec(text) ?? []
    const timeMs = Math.round(Number(number) * (UNITS_MS[unit] ?? 0))
    if (number !== '' && timeMs > 0 && timeMs <= TIMEOUT_MAX_MS) return timeMs
    throw new Failure(EXIT.usage, `--${name}: '${text}' is no duration; write seconds, or 500ms, 30s, 5m, 2h`)
  }
}

/** Refuses a command that could not be sent. `example` is the whole line to write instead of none. */
export function checkCommand(command: readonly string[], example: string): void {
  if (command.length === 0 || command[0] === '') {
    throw new Failure(EXIT.usage, `there is no command to run; write, for example: ${example}`)
  }
  const problem = commandProblem(command)
  if (problem !== undefined) throw new Failure(EXIT.usage, problem)
}
