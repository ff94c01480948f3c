/**
 * Run: one world from its beginning through a plan to its rest. While things go wrong nothing may be lost or
 * done twice; when all is healed everybody must find together; and when the last task has ended, nothing may
 * be left of it.
 */
import { add, contains, NONE, type Resources } from '../../actors/resources/resources.js'
import { RECOVERED_TIMEOUT_MS } from '../../actors/master/registration.js'
import { isTerminal } from '../../actors/protocol/task.js'
import { tasksOf } from '../../actors/master/cluster.js'
import type { TraceSink } from '../../runtime/hop.js'
import type { Rule } from './broken.js'
import { befall, healAll } from './faults.js'
import type { Violation } from './ledger.js'
import type { Step } from './plan.js'
import { isBusy, isTogether, unheard } from './rest.js'
import { textOf } from './reference.js'
import type { MasterState } from './watched.js'
import type { FrameworkPlace } from './world/places.js'
import { World } from './world/world.js'

/** Within so long after the last fault all must be well. */
export const REST_MS = 60_000
/** If the log has lost what somebody had heard: a framework of which only its tasks tell is given that long. */
export const LOST_REST_MS = RECOVERED_TIMEOUT_MS + 2 * REST_MS
/** As long as the first nodes need to be there. */
const BEGIN_MS = 100
const LOOK_MS = 2_000
/** What was launched before the healing may begin so long after it: words that were slow are still under way. */
const LATE_MS = 20_000
/** The folds themselves are compared after so many steps. */
const FOLDS_EVERY = 40

export interface RunOptions {
  readonly seed: number
  readonly plan: readonly Step[]
  readonly breaks?: Rule | undefined
  readonly traces?: TraceSink | undefined
  /** Hears what was done to whom. */
  readonly befell?: (atMs: number, step: Step, whom: string) => void
}

export interface Outcome {
  readonly violation: Violation | undefined
  /** What happened in it: turns, deliveries, timers. */
  readonly events: number
  readonly virtualMs: number
}

export async function run({ seed, plan, breaks, traces, befell }: RunOptions): Promise<Outcome> {
  const world = new World({ seed, breaks, traces })
  const { events, ledger } = world
  for (const [index, step] of plan.entries()) {
    await world.run(step.atMs - events.nowMs)
    check(world, index % FOLDS_EVERY === 0)
    if (ledger.violation) break
    const whom = befall(world, step)
    befell?.(events.nowMs, step, whom)
  }
  if (!ledger.violation) {
    await world.run(BEGIN_MS)
    await rest(world)
  }
  return { violation: ledger.violation, events: events.count, virtualMs: events.nowMs }
}

async function rest(world: World): Promise<void> {
  const { ledger, frameworks } = world
  healAll(world)
  for (const { story } of frameworks) story.closing = true
  await until(world, 'together again', () => isTogether(world))
  if (ledger.violation) return
  const busy = isBusy(world)
  const lateUntilMs = world.events.nowMs + LATE_MS
  endTasks(world)
  await until(world, 'at rest', () => {
    if (world.events.nowMs < lateUntilMs) endTasks(world)
    return busy()
  })
  // Of what it has never heard of, a master says so only when no agent may come back with it any more.
  const [leader] = world.leaders()
  const mayComeMs = Math.max(0, (leader?.eye.state?.present.recoveringUntilMs ?? 0) - world.wallMs)
  if (!ledger.violation) await until(world, 'known to all authors', () => unheard(world), mayComeMs)
  check(world, true)
}

function endTasks({ agents }: World): void {
  for (const { machine } of agents) {
    for (const launchId of machine.running()) if (!launchId.endsWith('-executor')) machine.exit(launchId, { code: 0 })
  }
}

/** Lets time pass until there is no `problem` left. */
async function until(
  world: World, what: string, problem: () => string | undefined, moreMs = 0,
): Promise<void> {
  const { events, ledger } = world
  const restMs = (ledger.logHasLost ? LOST_REST_MS : REST_MS) + moreMs
  const endMs = events.nowMs + restMs
  let left: string | undefined = 'nothing was looked at'
  while (left !== undefined && events.nowMs < endMs && !ledger.violation) {
    await world.run(LOOK_MS)
    check(world, false)
    // An agent that was leaving comes back; a framework that is told of its end only now is replaced, and one that
    // has found the other log's cluster is started again, as its operator would do.
    for (const place of world.places) {
      if (place.kind === 'framework' && (place.story.ended || isAstray(world, place))) world.crash(place)
      world.start(place)
      if (place.kind === 'framework') place.story.closing = true
    }
    left = problem()
  }
  if (left !== undefined) ledger.violate('live', `not ${what} after ${restMs / 1_000} s: ${left}`)
}

function isAstray({ reference: { cluster } }: World, { eye }: FrameworkPlace): boolean {
  const { clusterId } = eye.state ?? {}
  return clusterId !== undefined && cluster.clusterId !== undefined && clusterId !== cluster.clusterId
}

function check(world: World, folds: boolean): void {
  const { masters, reference, ledger } = world
  let text: string | undefined
  for (const { name, eye } of masters) {
    const difference = eye.folded.difference(reference)
    if (difference) ledger.violate('I6', `${name}: ${difference}`)
    if (eye.state?.leading) {
      checkPromises(world, eye.state)
      checkUnreachable(world, eye.state)
    }
    if (!folds || !eye.state || eye.state.leading || !eye.folded.isWhole(reference)) continue
    text ??= textOf(reference.cluster)
    const own = textOf(eye.state.cluster)
    if (own !== text) ledger.violate('I6', `${name} holds ${own} and the log ${text}`)
  }
}

/** A leader's own books: tasks, executors and offers of each agent. */
function checkPromises(world: World, { cluster, present }: MasterState): void {
  const promised = new Map<string, Resources>()
  const promise = (agentId: string, resources: Resources): void =>
    void promised.set(agentId, add(promised.get(agentId) ?? NONE, resources))
  for (const { agentId, state, task } of tasksOf(cluster)) if (!isTerminal(state)) promise(agentId, task.resources)
  for (const { agentId, resources } of cluster.executors.values()) promise(agentId, resources)
  for (const { offer: { agentId, resources } } of present.offers.values()) promise(agentId, resources)
  for (const [agentId, resources] of promised) {
    const agent = cluster.agents.get(agentId as never)
    // Of one that is away nothing is offered, and what a log says that has lost its end must be heard of it first.
    if (world.ledger.logHasLost && !present.agents.get(agentId as never)?.ref) continue
    if (agent && !contains(agent.info.resources, resources)) {
      world.ledger.promised(agent.info.hostname, agent.info.resources, resources)
    }
  }
}

/** Nobody would ever say again of such a task that it is not known to run. */
function checkUnreachable({ ledger }: World, { cluster }: MasterState): void {
  for (const { agentId, unreachableSinceMs } of cluster.agents.values()) {
    if (unreachableSinceMs === undefined) continue
    for (const { launchId, state } of cluster.tasksAt.of(agentId)) {
      if (state === 'UNREACHABLE' || isTerminal(state)) continue
      ledger.violate('I1', `${launchId} is taken for ${state} although its agent ${agentId} is unreachable`)
    }
  }
}
