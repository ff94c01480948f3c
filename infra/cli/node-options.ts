/** Node options: what the commands that start nodes have in common, read and checked. */
import { hostname } from 'node:os'
import { isIP } from 'node:net'
import { roleProblem, type Role } from '../../actors/protocol/ids.js'
import { parseAttributes } from '../../actors/resources/attributes.js'
import { parsePieces, parseResources, type Parsed } from '../../actors/resources/parse.js'
import type { Resources } from '../../actors/resources/resources.js'
import type { Logger, LogLevel } from '../../runtime/logger.js'
import { prettyLogger } from '../pretty-logger.js'
import type { Call, Option } from './command.js'
import { EXIT, Failure } from './failure.js'
import { resourceMeantBy } from './meant-resource.js'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
const FORMATS = ['json', 'pretty'] as const
type LogFormat = (typeof FORMATS)[number]
const NODE_NAME_LENGTH_MAX = 100
const PORT_MAX = 65_535
export const DEFAULT_PORT = '5050'

export const logOptions = (level: LogLevel): readonly Option[] => [
  {
    flags: '--log-level <level>', help: LEVELS.join(', '), fallback: level,
    parse: oneOf('--log-level', LEVELS),
  },
  {
    flags: '--log-format <format>', help: 'json, or pretty as at a terminal',
    parse: oneOf('--log-format', FORMATS),
  },
]

export const PORT_OPTION: Option = {
  flags: '--port <number>', help: "of the master's HTTP interface; 0 takes a free one",
  fallback: DEFAULT_PORT, parse: parsePort,
}

export const IP_OPTION: Option = {
  flags: '--ip <address>', help: 'to listen on; a loopback one', fallback: '127.0.0.1', parse: parseIp,
}

export const ALLOCATION_OPTIONS: readonly Option[] = [
  {
    flags: '--weights <role=weight,...>', help: 'shares of roles against each other; 1 unless given',
    parse: parseWeights,
  },
  {
    flags: '--share-offers',
    help: 'divide agents among frameworks that compete, instead of offering them whole',
  },
]

export const RESOURCES_OPTION: Option = {
  flags: '--resources <resources>', parse: reader('--resources', parseOffered),
  help: "such as 'cpus:4;mem:4096;disk:10000;ports:[31000-32000]', memory and disk in MB",
}

export const NAME_OPTION: Option = {
  flags: '--name <name>',
  help: "of this node; that of its user at the broker (after `master-` or `agent-`), or the machine's, unless given",
}

export const ATTRIBUTES_OPTION: Option = {
  flags: '--attributes <attributes>', help: "what frameworks may choose by, such as 'rack:r1;zone:a'",
  parse: reader('--attributes', parseAttributes),
}

export const logFormatOf = (options: Call['options']): LogFormat =>
  (options['logFormat'] as LogFormat | undefined) ?? (process.stderr.isTTY ? 'pretty' : 'json')

/** Lines for people at a terminal, JSON elsewhere. Loaded late: pino costs more than most commands. */
export async function openCommandLogger(options: Call['options'], node: string): Promise<Logger> {
  const level = options['logLevel'] as LogLevel
  if (logFormatOf(options) === 'pretty') return prettyLogger(level)
  const { openLogger } = await import('../logger.js')
  return openLogger({ level, format: 'json', node })
}

/** A name as nodes may have it, from one that people or machines gave. */
export const nodeNameOf = (text: string): string =>
  text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, NODE_NAME_LENGTH_MAX) || 'unnamed'

/** What was given, as long as it can be a node's name; else this machine's. */
export function nameOr(given: unknown, otherwise: string = hostname()): string {
  if (given === undefined) return nodeNameOf(otherwise)
  if (typeof given === 'string' && given !== '' && nodeNameOf(given) === given) return given
  throw new Failure(EXIT.usage, `--name '${given}' is no node name: use letters, digits, '.', '_' and '-'`)
}

/** Without users and their rights, whoever reaches the interface may do anything. */
export function parseIp(text: string): string {
  if (isIP(text) === 0) throw new Failure(EXIT.usage, `--ip '${text}' is no IP address: write 127.0.0.1`)
  if (/^127\./.test(text) || text === '::1') return text
  throw new Failure(EXIT.usage,
    `--ip ${text} would let in whoever reaches this machine, and there is no authentication yet: `
    + 'use 127.0.0.1 and a tunnel')
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= PORT_MAX) return port
  throw new Failure(EXIT.usage, `--port '${text}' is no port: write a number from 0 to ${PORT_MAX}`)
}

/** A number from 0 to `most`, not always a whole one. */
export const numberOf = (flag: string, what: string, most: number) => (text: string): number => {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= most) return Number(text)
  throw new Failure(EXIT.usage, `${flag} '${text}': write ${what} as a number, such as 7 or 0.5`)
}

export function parseWeights(text: string): ReadonlyMap<Role, number> {
  return new Map(text.split(',').map((pair): [Role, number] => {
    const [role = '', weight = '', ...rest] = pair.split('=').map((part) => part.trim())
    const refuse = (problem: string) => new Failure(EXIT.usage, `--weights '${pair}': ${problem}`)
    if (rest.length > 0 || role === '' || weight === '') throw refuse('write ROLE=WEIGHT, such as web=2')
    const problem = roleProblem(role)
    if (problem !== undefined) throw refuse(problem)
    const isWeight = /^\d+(\.\d+)?$/.test(weight) && Number(weight) > 0
    if (!isWeight) throw refuse('a weight is a number above 0, such as 2')
    return [role as Role, Number(weight)]
  }))
}

/** A mistyped name would be one more resource, and what was meant by it would be probed instead. */
function parseOffered(text: string): Parsed<Resources> {
  const pieces = parsePieces(text, 'cpus:4')
  for (const [name] of pieces.ok ? pieces.value : []) {
    const meant = resourceMeantBy(name)
    if (meant === undefined) continue
    return { ok: false, problem: `'${name}' is no resource of its own here; did you mean '${meant}'?` }
  }
  return parseResources(text)
}

function reader<T>(flag: string, parse: (text: string) => Parsed<T>): (text: string) => T {
  return (text) => {
    const parsed = parse(text)
    if (parsed.ok) return parsed.value
    throw new Failure(EXIT.usage, `${flag} '${text}': ${parsed.problem}`)
  }
}

export function oneOf<T extends string>(flag: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const choice = choices.find((each) => each === text)
    if (choice !== undefined) return choice
    throw new Failure(EXIT.usage, `${flag} '${text}' is none of ${choices.join(', ')}`)
  }
}
