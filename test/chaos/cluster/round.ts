/** Round: one fault under load, what follows from it, and the check of all that has happened. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../runtime/random.js'
import { parseResources } from '../../../actors/resources/parse.js'
import { check, type Verdict } from './checker.js'
import { readJournal, readWitness, runsAt, scoped } from './disk.js'
import type { Evidence, Violation } from './evidence.js'
import type { Fault } from './fault.js'
import { readHistory } from './history.js'
import { beliefOf, epochsIn, notAtRest, notWhole, until, viewOf } from './observer.js'
import { RESOURCES, type Stage } from './stage.js'

/** From the moment that a fault is undone. */
export const WHOLE_MAX_MS = 60_000
const REST_MAX_MS = 60_000
const END_MAX_MS = 15_000
/** Under load before the fault, and once all is whole again. */
const LOAD_MS = 2_000
const AFTER_MS = 1_000

export interface Round {
  readonly fault: string
  readonly faultMs: number
  /** From the end of the fault until all were there and agreed. */
  readonly wholeMs: number
  /** What came back last. */
  readonly last: string | undefined
  readonly restMs: number
  readonly verdict: Verdict
}

export async function playRound(
  stage: Stage, number: number, name: string, fault: Fault, random: Random,
): Promise<Round> {
  const violations: Violation[] = []
  const seen: string[] = []
  const times = { faultMs: 0, wholeMs: 0, last: undefined as string | undefined, restMs: 0 }
  try {
    stage.startLoad(number, Math.floor(random.next() * 1_000_000))
    await wait(() => notWhole(stage), WHOLE_MAX_MS, 'before the fault')
    await delay(LOAD_MS)
    const begunAt = performance.now()
    seen.push(...await fault.inject(stage, random))
    times.faultMs = Math.round(performance.now() - begunAt)
    const { tookMs, last } = await wait(() => notWhole(stage), WHOLE_MAX_MS, 'after it')
    Object.assign(times, { wholeMs: tookMs, last })
    await delay(AFTER_MS)
    for (const framework of stage.frameworks) framework.signal('SIGUSR2')
    times.restMs = (await wait(() => notAtRest(stage), REST_MAX_MS, 'at rest')).tookMs
  } catch (error) {
    violations.push({ invariant: 'liveness', what: error instanceof Error ? error.message : String(error) })
  }
  const verdict = check(await evidenceOf(stage, number), violations.length === 0)
  violations.push(...seen.map((what): Violation => ({ invariant: 'liveness', what })))
  if (violations.length === 0) violations.push(...await ended(stage))
  return { fault: name, ...times, verdict: { ...verdict, violations: [...violations, ...verdict.violations] } }
}

async function wait(missing: () => Promise<string | undefined>, timeoutMs: number, when: string) {
  const found = await until(missing, timeoutMs)
  if (found.missing === undefined) return found
  throw new Error(`${when}, still after ${found.tookMs} ms: ${found.missing}`)
}

async function evidenceOf(stage: Stage, number: number): Promise<Evidence> {
  const frameworks = stage.frameworks.map(({ name, load }) => ({ name, events: readHistory(load.historyPath) }))
  const ids = new Set(frameworks.flatMap(({ events }) =>
    events.flatMap((event) => (event.event === 'subscribed' ? [event.frameworkId] : []))))
  const witness = readWitness(stage.witnessPath(number))
  const total = parseResources(RESOURCES)
  if (!total.ok) throw new Error(total.problem)
  const agents = stage.agents.map((agent) => {
    const workDir = stage.workDir(agent)
    const journal = scoped(readJournal(workDir), ids)
    const runs = runsAt(workDir, journal, witness)
    return { name: agent.name, total: total.value, journal, runs, epochs: epochsIn(agent.logs) }
  })
  const views = await Promise.all(stage.masters.map(async (master) => ({ master, view: await viewOf(master) })))
  const masters = views.flatMap(({ master: { name }, view }) => (view ? [{ name, belief: beliefOf(view) }] : []))
  return { agents, frameworks, masters }
}

/** The frameworks leave in order, and are gone for everybody. */
async function ended(stage: Stage): Promise<Violation[]> {
  const late = await Promise.all(stage.frameworks.map(async (each) => (await each.end(END_MAX_MS) ? [] : [each.name])))
  stage.frameworks = []
  const { missing } = await until(async () => await notWhole(stage) ?? await stillThere(stage), WHOLE_MAX_MS)
  const faults = [
    ...late.flat().map((name) => `${name} did not end in time`),
    ...(missing === undefined ? [] : [`when its frameworks had ended: ${missing}`]),
  ]
  return faults.map((what) => ({ invariant: 'liveness', what }))
}

async function stillThere({ masters: [master] }: Stage): Promise<string | undefined> {
  const view = master && await viewOf(master)
  return view?.frameworks === 0 ? undefined : `${view?.frameworks} frameworks are still known`
}
