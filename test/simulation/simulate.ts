/**
 * Simulate: runs any number of seeds over the machine's cores, and tells the first violations in full. See
 * the folder's README for what is simulated; `npm run simulate -- --help` for how to ask for it.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { RULES, type Rule } from './broken.js'
import { FAULTS, planOf, type Fault } from './plan.js'
import { report } from './report.js'
import { run } from './run.js'
import { shrink } from './shrink.js'

/** Seeds that a worker takes at a time. */
const SHARE = 50
const PROGRESS_MS = 5_000
/** Violations that are told in full; of more, which would mostly be the same again, in a line. */
const TOLD_MAX = 3
export const STEPS = 100

interface Wish {
  readonly seeds: number
  readonly from: number
  readonly steps: number
  readonly only: readonly Fault[] | undefined
  readonly breaks: Rule | undefined
  readonly keepOn: boolean
}

/** What a worker says: seeds are done, and those of them that violate something. */
interface Done {
  readonly count: number
  readonly failed: readonly { readonly seed: number; readonly text: string }[]
}

const HELP = `npm run simulate -- [--seeds N] [--from SEED] [--steps N] [--only FAULT,…] [--break RULE] [--all]

Runs whole simulated clusters, one for each seed, and exits with 1 if one of them violates an invariant.

  --seeds N     how many; 1000 unless given
  --from SEED   the first of them; 1 unless given
  --steps N     steps of each plan; ${STEPS} unless given
  --only …      only these faults: ${Object.keys(FAULTS).join(', ')}
  --break RULE  breaks a rule, to see that it is noticed: ${Object.keys(RULES).join(', ')}
  --all         goes on after a violation
  --jobs N      at once; one for each core unless given
`

function wishOf(args: readonly string[]): Wish & { readonly jobs: number; readonly help: boolean } {
  const { values } = parseArgs({ args: [...args], options: {
    seeds: { type: 'string' }, from: { type: 'string' }, steps: { type: 'string' }, only: { type: 'string' },
    break: { type: 'string' }, jobs: { type: 'string' }, all: { type: 'boolean' }, help: { type: 'boolean' },
  } })
  const only = values.only?.split(',')
  const strange = only?.find((fault) => !Object.hasOwn(FAULTS, fault))
  if (strange !== undefined) throw new Error(`there is no fault '${strange}'; see --help`)
  if (values.break !== undefined && !Object.hasOwn(RULES, values.break)) {
    throw new Error(`there is no rule '${values.break}'; see --help`)
  }
  return {
    seeds: number('seeds', values.seeds, 1_000), from: number('from', values.from, 1),
    steps: number('steps', values.steps, STEPS), jobs: number('jobs', values.jobs, availableParallelism()),
    only: only as Fault[] | undefined, breaks: values.break as Rule | undefined,
    keepOn: values.all === true, help: values.help === true,
  }
}

function number(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise
  if (/^\d+$/.test(given)) return Number(given)
  throw new Error(`--${name} takes a number, not '${given}'`)
}

/** @returns the exit code */
export async function simulate(args: readonly string[]): Promise<number> {
  const wish = wishOf(args)
  if (wish.help) {
    process.stdout.write(HELP)
    return 0
  }
  const began = Date.now()
  let [done, violations] = [0, 0]
  const say = (): void => {
    const perSecond = (done / Math.max(1, Date.now() - began) * 1_000).toFixed(0)
    process.stderr.write(`${done} of ${wish.seeds} seeds, ${violations} violations, ${perSecond} seeds/s\n`)
  }
  const progress = setInterval(say, PROGRESS_MS)
  let next = wish.from
  const share = (): readonly [number, number] => {
    const from = next
    next = Math.min(wish.from + wish.seeds, next + (violations > 0 && !wish.keepOn ? 0 : SHARE))
    return [from, next]
  }
  await Promise.all(Array.from({ length: Math.max(1, wish.jobs) }, () => labour(wish, share, ({ count, failed }) => {
    done += count
    for (const { text } of failed) {
      process.stdout.write(violations++ < TOLD_MAX ? `${text}\n\n` : `${text.split('\n', 1)[0]}\n`)
    }
  })))
  clearInterval(progress)
  const seconds = ((Date.now() - began) / 1_000).toFixed(0)
  process.stdout.write(`${done} seeds, ${violations} violations, ${seconds} s\n`)
  return violations > 0 ? 1 : 0
}

/** One worker, from its first share to its last. */
function labour(wish: Wish, share: () => readonly [number, number], heard: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: wish })
    const give = (): void => {
      const [from, to] = share()
      if (from < to) worker.postMessage([from, to])
      else void worker.terminate().then(() => resolve())
    }
    worker.on('message', (done: Done) => {
      heard(done)
      give()
    })
    worker.on('error', reject)
    give()
  })
}

async function work(wish: Wish, from: number, to: number): Promise<Done> {
  const failed: { seed: number; text: string }[] = []
  for (let seed = from; seed < to; seed++) {
    const text = await tryOne(seed, wish, failed.length < TOLD_MAX)
    if (text !== undefined) failed.push({ seed, text })
    if (text !== undefined && !wish.keepOn) return { count: seed - from + 1, failed }
  }
  return { count: to - from, failed }
}

async function tryOne(seed: number, { steps, only, breaks }: Wish, inFull: boolean): Promise<string | undefined> {
  const plan = planOf({ seed, steps, only })
  const { violation } = await run({ seed, plan, breaks })
  if (!violation) return undefined
  if (!inFull) return `seed ${seed} violates ${violation.message}`
  return report(await shrink(seed, plan, violation, breaks), { seed, steps, breaks, only })
}

if (!isMainThread && parentPort) {
  const port = parentPort
  port.on('message', ([from, to]: [number, number]) => void work(workerData as Wish, from, to)
    .then((done) => port.postMessage(done)))
}
