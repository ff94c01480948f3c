/**
 * Checker: what a cluster at rest must be able to say of all that has happened, whatever was done to it.
 * Pure; each rule names the invariant that it holds (`/I[1-7]/`), and only what is certain counts as broken.
 */
import type { Evidence, FrameworkEvidence, HistoryEvent, Violation } from './evidence.js'
import { isTerminal, type StatusUpdate, type TaskState } from '../../../actors/protocol/task.js'
import { factsOf, type Facts, type Launch } from './facts.js'
import { overbooked } from './ledger.js'

/** How much was looked at; a check of nothing proves nothing. */
export interface Verdict {
  readonly violations: readonly Violation[]
  readonly tasks: number
  readonly updates: number
  /** Accepted, and never with a master: the acceptance was lost on its way, as messages may be. */
  readonly neverArrived: number
}

/** @param isAtRest whether all that was under way has arrived; what is missing is missed only then */
export function check(evidence: Evidence, isAtRest = true): Verdict {
  const facts = factsOf(evidence)
  const violations = [
    ...onceLaunched(evidence, facts), ...evidence.agents.flatMap(overbooked), ...neverBackwards(evidence),
    ...evidence.frameworks.flatMap((framework) => historyHolds(framework, facts, isAtRest)),
    ...(isAtRest ? inAgreement(evidence) : []),
  ]
  const accepted = evidence.frameworks.flatMap(({ events }) => events.filter(({ event }) => event === 'accepted'))
  const tasks = new Set(accepted.map((event) => taskOf(event)))
  return {
    violations, tasks: tasks.size,
    updates: evidence.frameworks.reduce((sum, { events }) => sum + updatesIn(events).length, 0),
    neverArrived: [...tasks].filter((taskId) => !facts.heard.has(taskId) && !facts.byTask.has(taskId)).length,
  }
}

const taskOf = (event: HistoryEvent): string => ('taskId' in event ? event.taskId : '')
type Updated = Extract<HistoryEvent, { event: 'updated' }>
const updatesIn = (events: readonly HistoryEvent[]): Updated[] =>
  events.filter((event): event is Updated => event.event === 'updated')

/** I2, and I7: a master that decides when it does not lead gives the same launch id to another task. */
function onceLaunched({ agents }: Evidence, { launches, remembered }: Facts): Violation[] {
  const violations: Violation[] = []
  for (const [launchId, all] of launches) {
    const [first, ...others] = all
    if (first && others.length > 0) {
      const same = others.every((each) => each.taskId === first.taskId && each.frameworkId === first.frameworkId)
      const where = all.map(({ agent, taskId }) => `${taskId} at ${agent}`).join(', ')
      const what = `launch ${launchId} was taken ${all.length} times: ${where}`
      violations.push({ invariant: same ? 'I2' : 'I7', what })
    }
  }
  for (const { name, runs } of agents) {
    for (const { launchId, begunMs } of runs) {
      const twice = `${launchId} ran ${begunMs.length} times at ${name}`
      const unasked = `${launchId} ran at ${name}, which has not written down that it took it`
      if (begunMs.length > 1) violations.push({ invariant: 'I2', what: twice })
      if (!launches.has(launchId) && !remembered.has(launchId)) violations.push({ invariant: 'I2', what: unasked })
    }
  }
  return violations
}

/** I6: all masters believe the same. */
function inAgreement({ masters }: Evidence): Violation[] {
  const [first, ...others] = masters.map(({ name, belief }) => ({ name, text: JSON.stringify(belief) }))
  return others.filter(({ text }) => text !== first?.text).map(({ name, text }): Violation =>
    ({ invariant: 'I6', what: `${name} believes ${text}, ${first?.name} ${first?.text}` }))
}

/** I7: an agent that has obeyed a master never takes orders of an older epoch; by its log, and by its disk. */
function neverBackwards({ agents }: Evidence): Violation[] {
  return agents.flatMap(({ name, epochs, journal }) => {
    const obeyed = journal.flatMap((entry) => (entry.type === 'obeyed' ? [entry.epoch] : []))
    return [...epochs, obeyed].flatMap((order) => order.flatMap((epoch, index): Violation[] => {
      const before = order[index - 1] ?? 0
      return epoch >= before ? [] : [{ invariant: 'I7', what: `${name} went from epoch ${before} back to ${epoch}` }]
    }))
  })
}

/** I1, I4 and I5, from what one framework's author was told. */
function historyHolds({ name, events }: FrameworkEvidence, facts: Facts, isAtRest: boolean): Violation[] {
  const byTask = new Map<string, Updated[]>()
  for (const event of updatesIn(events)) {
    const taskId = event.update.taskId ?? ''
    byTask.set(taskId, [...byTask.get(taskId) ?? [], event])
  }
  const accepted = new Set(events.filter(({ event }) => event === 'accepted').map(taskOf))
  return [...new Set([...accepted, ...byTask.keys()])].flatMap((taskId) => {
    const heard = byTask.get(taskId) ?? []
    const launches = facts.byTask.get(taskId) ?? []
    const said = (invariant: Violation['invariant'], what: string): Violation =>
      ({ invariant, what: `${name}: ${taskId} ${what}; it heard ${told(heard)}` })
    return [
      ...(accepted.has(taskId) ? [] : [said('I2', 'was never accepted, and is told of')]),
      ...inOrder(heard).map((what) => said('I4', what)),
      ...(!isAtRest || hasEnd(heard) || isNowhere(heard, launches) ? []
        : [said('I1', `is lost: it has no end; ${wroteDown(launches)}`)]),
      ...(isAtRest ? launches.flatMap((launch) => untold(launch, heard)) : []).map((what) => said('I4', what)),
      ...ends(heard, launches).map((what) => said('I5', what)),
    ]
  })
}

const hasEnd = (heard: readonly Updated[]): boolean => heard.some(({ update }) => isTerminal(update.state))
/** Nobody but the author has heard of it, or the master has said that nobody has. */
const isNowhere = (heard: readonly Updated[], launches: readonly Launch[]): boolean =>
  launches.length === 0 && heard.every(({ update }) => update.state === 'UNKNOWN')

/** An agent numbers the steps of a launch; none is heard again once a later one was, nor twice in one life. */
function inOrder(heard: readonly Updated[]): string[] {
  const faults: string[] = []
  const last = new Map<string, { readonly step: number; readonly life: number }>()
  for (const { life, update: { launchId = '', updateId, state, source } } of heard) {
    if (updateId === undefined || source === 'master') continue
    const step = Number(updateId.slice(updateId.lastIndexOf('.') + 1))
    const before = last.get(launchId)
    if (before && step < before.step) faults.push(`was ${state} (step ${step}) after step ${before.step}`)
    if (before && step === before.step && life === before.life) faults.push(`was told step ${step} twice in one life`)
    last.set(launchId, { step, life })
  }
  return faults
}

const STEPS: readonly TaskState[] = ['STAGING', 'STARTING', 'RUNNING', 'KILLING']
const stepOf = (state: TaskState): number => (isTerminal(state) ? STEPS.length : STEPS.indexOf(state))

/** What the agent has on its disk has been heard, unless a master’s word about a later step has overtaken it. */
function untold({ launchId, updates }: Launch, heard: readonly Updated[]): string[] {
  const ids = new Set(heard.map(({ update }) => update.updateId))
  const words = heard.map(({ update }) => update).filter(({ source, ...update }) =>
    source === 'master' && update.launchId === launchId)
  const isOvertaken = (state: TaskState) => words.some((word) =>
    word.state === state ? isTerminal(state) : stepOf(word.state) > stepOf(state))
  return updates.filter(({ updateId, state }) => !ids.has(updateId) && !isOvertaken(state))
    .map(({ updateId, state }) => `was never told that it is ${state} (${updateId})`)
}

function ends(heard: readonly Updated[], launches: readonly Launch[]): string[] {
  const terminal = heard.map(({ update }) => update).filter(({ state }) => isTerminal(state))
  // A master's word about an end, and the update that tells of it, are the same end.
  const told = new Set(terminal.map(({ state }) => state))
  const ids = new Set(terminal.flatMap(({ updateId }) => updateId ?? []))
  const written = launches.flatMap(({ updates }) => updates).filter(({ state }) => isTerminal(state))
  const states = new Set([...written, ...terminal].map(({ state }: Pick<StatusUpdate, 'state'>) => state))
  return [
    ...(told.size > 1 || ids.size > 1 ? [`has several ends: ${[...told, ...ids].join(', ')}`] : []),
    ...(told.size <= 1 && states.size > 1 ? [`has ended otherwise at its agent: ${[...states].join(', ')}`] : []),
    ...(written.length > 1 ? [`has ${written.length} ends at its agent`] : []),
  ]
}

const told = (heard: readonly Updated[]): string =>
  heard.map(({ life, update: { state, updateId, reason } }) =>
    `${state}${updateId === undefined ? ` (${reason ?? 'no id'})` : ` .${updateId.split('.').at(-1)}`} in life ${life}`)
    .join(', ') || 'nothing'
const wroteDown = (launches: readonly Launch[]): string => launches.map(({ launchId, agent, updates }) =>
  `${launchId} at ${agent}: ${updates.map(({ state }) => state).join(' ')}`).join('; ') || 'no agent has it'
