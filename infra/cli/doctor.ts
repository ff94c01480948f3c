/** `warren doctor`: looks at this machine, the broker and the masters, and says what to mend. */
import { brokerChecks, sightCheck } from '../doctor/broker-checks.js'
import { clockCheck, type Clock } from '../doctor/clock-check.js'
import { diskCheck } from '../doctor/disk-check.js'
import { unknown, well, type Finding, type Level } from '../doctor/finding.js'
import { cgroupCheck, filesCheck, nodeCheck } from '../doctor/machine-checks.js'
import { masterChecks, type Asked } from '../doctor/master-checks.js'
import { portCheck } from '../doctor/port-check.js'
import { question } from '../doctor/question.js'
import { openFilesMax } from '../metrics/process-families.js'
import { coloursOf } from './colours.js'
import { harmless, print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import {
  brokerUrls, type ClusterNote, CONNECTION_OPTIONS, DEFAULT_CLUSTER, DEFAULT_HTTP, HTTP_OPTIONS, readNote, workDirOf,
} from './connection.js'
import { nodeCommandAgain } from './dev-summary.js'
import { EXIT, Failure } from './failure.js'
import { asCalled } from './invocation.js'
import { version } from './version.js'

const PORTS = [['a master', 5050], ['an agent', 5051]] as const
const MANAGEMENT_PORT = 15672
const MARKS: Readonly<Record<Level, string>> = { well: 'ok', unknown: '?', warning: '!', problem: 'x' }
const COLOURS = { well: 'green', unknown: 'dim', warning: 'yellow', problem: 'red' } as const

const EMBEDDED = well('broker', 'none; the cluster that runs here is one process and needs none')

export const command: Command = {
  options: [
    ...CONNECTION_OPTIONS,
    ...HTTP_OPTIONS.slice(0, 1),
    { flags: '--json', help: 'one JSON document' },
  ],
  examples: ['warren doctor', 'warren doctor --broker amqp://user:password@host/prod --cluster prod --json'],
  notes: 'Without --broker and --master it looks at the cluster that `warren dev` runs here, if it does. At the\n'
    + 'broker it tries what a node does first, as the user of the URL, and leaves nothing behind. The exit code\n'
    + 'is 1 when there is something to mend; warnings (!) and what could not be looked at (?) are not.',
  run,
}

async function run({ options }: Call): Promise<number> {
  const findings = await look(options)
  const count = (level: Level) => findings.filter((finding) => finding.level === level).length
  const [problems, warnings] = [count('problem'), count('warning')]
  if (options['json'] === true) {
    await printJson({ schemaVersion: 1, version: version(), well: problems === 0, problems, warnings, findings })
  } else {
    await print(linesOf(findings))
    process.stderr.write(`${summary(problems, warnings)}\n`)
  }
  return problems === 0 ? EXIT.ok : EXIT.failed
}

async function look(options: Call['options']): Promise<readonly Finding[]> {
  const cluster = String(options['cluster'] ?? DEFAULT_CLUSTER)
  const workDir = workDirOf(options)
  const note = readNote(workDir)
  const broker = (options['broker'] as string | undefined) ?? note?.broker
  const master = (options['master'] as string | undefined) ?? note?.http
  const [asked, brokers, ports] = await Promise.all([
    askMasters(master ?? DEFAULT_HTTP),
    note?.socket && broker === undefined ? [EMBEDDED] : lookAtBroker(broker, note?.cluster ?? cluster),
    Promise.all(PORTS.map(([whose, port]) => portCheck(whose, port))),
  ])
  return [
    nodeCheck(process.version), filesCheck(filesMax()), diskCheck(workDir), cgroupCheck(), ...ports,
    ...brokers,
    ...masterChecks(
      asked, version(), options['cluster'] as string | undefined, master !== undefined, startOf(options, workDir, note),
    ),
    clockCheck([...clocksOf(asked), ...await brokerClocks(broker)]),
  ]
}

/** Of a cluster that `warren dev` runs over a broker: the same master at the same place, as its own line has it. */
function startOf(options: Call['options'], workDir: string, note: ClusterNote | undefined) {
  if (note?.broker === undefined || options['master'] !== undefined || options['broker'] !== undefined) return undefined
  return (url: string): string => {
    const { argv } = note.masters?.find(({ http }) => http === url) ?? {
      argv: ['master', '--name', `m-${new URL(url).port}`, '--cluster', note.cluster, '--port', ''],
    }
    return nodeCommandAgain(workDir, argv, url)
  }
}

async function lookAtBroker(broker: string | undefined, cluster: string): Promise<readonly Finding[]> {
  if (broker === undefined || broker === '') {
    return [unknown('broker', 'none was named', 'name one with --broker; a cluster in one process needs none')]
  }
  const { checkBrokerUrls, userIn } = await import('../amqp/broker-urls.js')
  const { lookAtBroker } = await import('../amqp/broker-look.js')
  const { lookFromEachOther } = await import('../amqp/brokers-look.js')
  const urls = brokerUrls(broker)
  try {
    checkBrokerUrls(urls)
  } catch (error) {
    throw new Failure(EXIT.usage, (error as Error).message)
  }
  // Each of them: that one of several answers does not help who loses it.
  const looks = await Promise.all(urls.map((url) => lookAtBroker([url], cluster).catch((error: Error) => error)))
  return [
    ...looks.flatMap((each, index) => brokerChecks(each, cluster, userIn(urls.slice(index, index + 1)))),
    ...urls.length < 2 ? [] : sightCheck(await lookFromEachOther(urls, cluster)),
  ]
}

const askMasters = (http: string): Promise<readonly Asked[]> => Promise.all(http.split(',').map(async (each) => {
  const url = each.trim()
  if (!URL.canParse('/v1/cluster', url)) throw new Failure(EXIT.usage, `'${url}' is no address of a master`)
  return { url, answered: await question(new URL('/v1/cluster', url).href) }
}))

const clocksOf = (asked: readonly Asked[]): readonly Clock[] => asked.flatMap(({ url, answered }) =>
  ('status' in answered && answered.theirMs !== undefined
    ? [{ whose: `the master at ${url}`, theirMs: answered.theirMs, ourMs: answered.ourMs }] : []))

/** The protocol of brokers says no time, but their management interface does, whoever asks. */
async function brokerClocks(broker: string | undefined): Promise<readonly Clock[]> {
  if (!broker) return []
  const clocks = await Promise.all(brokerUrls(broker).map(async (url) => {
    const { hostname } = new URL(url)
    const answered = await question(`http://${hostname}:${MANAGEMENT_PORT}/`)
    return 'status' in answered && answered.theirMs !== undefined
      ? [{ whose: `the broker at ${hostname}`, theirMs: answered.theirMs, ourMs: answered.ourMs }] : []
  }))
  return clocks.flat()
}

function filesMax(): number | undefined {
  try {
    return openFilesMax()
  } catch {
    return undefined
  }
}

/** What to do has a line of its own. */
function linesOf(findings: readonly Finding[]): string {
  const [paint, width] = [coloursOf(), Math.max(...findings.map(({ check }) => check.length))]
  return findings.map(({ check, level, says, fix }) => {
    const mark = paint[COLOURS[level]](MARKS[level].padEnd(2))
    const todo = fix === undefined ? '' : `${' '.repeat(width + 6)}${paint.dim(`→ ${asCalled(harmless(fix))}`)}\n`
    return `${mark}  ${check.padEnd(width)}  ${harmless(says)}\n${todo}`
  }).join('')
}

function summary(problems: number, warnings: number): string {
  const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
  const minor = warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`
  return problems === 0 ? `nothing to mend${minor}` : coloursOf().red(`${plural(problems, 'thing')} to mend${minor}`)
}
