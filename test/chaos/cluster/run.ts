/**
 * Run: `npm run chaos -- --minutes N --seed S [--faults a,b,…]`. Plays rounds until the time is over, says how each
 * went, and ends with what was injected and how it was borne. Exit code 1 when an invariant was broken; the logs of
 * all processes, the journals and the histories are then kept.
 */
import { parseArgs } from 'node:util'
import { seededRandom } from '../../../runtime/random.js'
import type { Random } from '../../../runtime/random.js'
import { FAULTS } from './faults.js'
import type { Fault } from './fault.js'
import { mendBrokers } from './operator.js'
import { playRound, type Round } from './round.js'
import { Stage, type StageSettings } from './stage.js'

const USAGE = 'usage: npm run chaos -- [--minutes N] [--seed S] [--faults a,b,…] [--keep]'
const OPTIONS = {
  minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' }, faults: { type: 'string' },
  keep: { type: 'boolean', default: false },
} as const
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const EXIT_INTERRUPTED = 130
const SHORT_PATIENCE = '20s'
const CAST = { masters: 3, agents: 3, frameworks: 2, executors: true }

type Say = (text: string) => void
const say: Say = (text) => void process.stdout.write(`${text}\n`)

/** Answers the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const wish = wishOf(argv)
  if (typeof wish === 'string') {
    process.stderr.write(`${wish}\n${USAGE}\nfaults: ${[...FAULTS.keys()].join(', ')}\n`)
    return 2
  }
  const { minutes, seed, names, keeps } = wish
  const beganMs = Date.now()
  const faults = names.map((name) => [name, FAULTS.get(name)] as const)
    .filter((pair): pair is readonly [string, Fault] => pair[1] !== undefined)
  const brokers = Math.max(1, ...faults.map(([, { brokersMin = 1 }]) => brokersMin))
  // Otherwise nobody is given up while a fault lasts, since all but these end sooner.
  const patience = faults.some(([, { isSlow }]) => isSlow) ? { agentTimeout: SHORT_PATIENCE } : {}
  const { rounds, wasInterrupted } = await play({
    settings: { ...CAST, brokers, ...patience }, faults: deck(faults, seededRandom(seed)), seed,
    forMs: minutes * 60_000, keeps, say,
  })
  for (const line of table(rounds)) say(line)
  const violations = rounds.reduce((sum, { verdict }) => sum + verdict.violations.length, 0)
  const tookMin = Math.round((Date.now() - beganMs) / 60_000)
  say(`${tookMin} min, ${rounds.length} faults, ${violations} violations (seed ${seed})`)
  return violations > 0 ? 1 : wasInterrupted ? EXIT_INTERRUPTED : 0
}

interface Wish {
  readonly minutes: number
  readonly seed: number
  readonly names: readonly string[]
  /** Whether what the processes have written stays on disk in any case. */
  readonly keeps: boolean
}

function wishOf(argv: readonly string[]): string | Wish {
  try {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS })
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
    if (!(minutes > 0)) return `--minutes '${values.minutes}' is no number above 0`
    if (!Number.isInteger(seed)) return `--seed '${values.seed}' is no whole number`
    const names = values.faults?.split(',') ?? [...FAULTS].flatMap(([name, { isSlow }]) => (isSlow ? [] : [name]))
    const unknown = names.find((name) => !FAULTS.has(name))
    return unknown === undefined ? { minutes, seed, names, keeps: values.keep } : `'${unknown}' is no fault`
  } catch (error) {
    return (error as Error).message
  }
}

/** All of them in an order of chance, then all again in another. */
function* deck(faults: readonly (readonly [string, Fault])[], random: Random): Generator<readonly [string, Fault]> {
  for (;;) {
    const left = [...faults]
    while (left.length > 0) yield* left.splice(Math.floor(random.next() * left.length), 1)
  }
}

export interface Play {
  readonly settings: StageSettings
  readonly faults: Iterable<readonly [string, Fault]>
  readonly seed: number
  readonly forMs: number
  readonly keeps: boolean
  readonly say: Say
}

export interface Played {
  readonly rounds: readonly Round[]
  readonly wasInterrupted: boolean
}

/** Plays until the time is over, or an invariant is broken: nothing that follows would prove anything. */
export async function play({ settings, faults, seed, forMs, keeps, say: tell }: Play): Promise<Played> {
  const stage = await Stage.open(settings)
  const interruption = new Interruption()
  tell(`${settings.masters} masters, ${settings.agents} agents, ${settings.brokers} brokers in ${stage.directory}`)
  const deadline = performance.now() + forMs
  const rounds: Round[] = []
  let isBroken = true
  try {
    for (const [name, fault] of faults) {
      const number = rounds.length + 1
      isBroken = true
      const played = playRound(stage, number, name, fault, seededRandom(seed * 7_919 + number))
      // Once interrupted, nobody hears what becomes of the round.
      played.catch(() => undefined)
      const round = await Promise.race([played, interruption.promise])
      if (round === undefined) break
      rounds.push(round)
      tell(line(number, round))
      isBroken = round.verdict.violations.length > 0
      if (isBroken || performance.now() > deadline) break
      const restarted = await mendBrokers(stage)
      if (restarted > 0) tell(`    brokers that ${name} has left parted were restarted: ${restarted}`)
    }
  } finally {
    const keepsAll = keeps || (isBroken && !interruption.isMet)
    if (keepsAll) tell(`logs, journals and histories are kept in ${stage.directory}`)
    await stage.close(keepsAll)
    interruption.end()
  }
  return { rounds, wasInterrupted: interruption.isMet }
}

/** Whoever does not want to wait gets what there is, and finds nothing left behind. */
class Interruption {
  isMet = false
  readonly promise: Promise<undefined>
  private met: () => void = () => undefined

  constructor() {
    this.promise = new Promise((resolve) => {
      this.met = () => {
        this.isMet = true
        resolve(undefined)
      }
    })
    for (const signal of SIGNALS) process.on(signal, this.met)
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.met)
  }
}

function line(number: number, { fault, faultMs, wholeMs, last, restMs, verdict }: Round): string {
  const { tasks, updates, neverArrived, violations } = verdict
  const [seconds, waited] = [(faultMs / 1_000).toFixed(1), last === undefined ? '' : ` (last: ${last})`]
  return [
    `${String(number).padStart(3)} ${fault.padEnd(24)} ${seconds} s; whole after ${wholeMs} ms${waited}, `
    + `at rest after ${restMs} ms; ${tasks} tasks (${neverArrived} never arrived), ${updates} updates`,
    ...violations.map(({ invariant, what }) => `    ${invariant} ${what}`),
  ].join('\n')
}

function table(rounds: readonly Round[]): string[] {
  const names = [...new Set(rounds.map(({ fault }) => fault))].toSorted()
  const rows = names.map((name) => {
    const all = rounds.filter(({ fault }) => fault === name)
    const sum = (of: (round: Round) => number) => String(all.reduce((total, round) => total + of(round), 0))
    return [
      name, FAULTS.get(name)?.row ?? '', String(all.length), sum(({ verdict }) => verdict.tasks),
      sum(({ verdict }) => verdict.updates), String(Math.max(...all.map(({ wholeMs }) => wholeMs))),
      String(Math.max(...all.map(({ restMs }) => restMs))), sum(({ verdict }) => verdict.violations.length),
    ]
  })
  const head = ['fault', 'row', 'times', 'tasks', 'updates', 'whole ms', 'rest ms', 'violations']
  const widths = head.map((title, index) => Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)))
  return ['', ...[head, ...rows].map((row) => row.map((cell, index) =>
    (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')), '']
}
