/**
 * Identity: what an id, a name, or the beginning of an id means. A whole id wins over names, and these over
 * beginnings; tasks may be called by their own id or name, by `framework/task` where frameworks share one, or by
 * their launch.
 */
import type { AgentId } from '../../actors/protocol/ids.js'
import type { TaskView } from '../../actors/protocol/operator.js'
import { isTerminal } from '../../actors/protocol/task.js'
import { Refusal } from './refusal.js'

/** A whole id, as the master numbers agents; of one that has been forgotten, too. */
export const isAgentId = (wanted: string): wanted is AgentId => /-S\d+(-\w+)?$/.test(wanted)

/** So many candidates are named. */
export const CANDIDATES_MAX = 10

interface Identified {
  readonly id: string
  /** Of agents and frameworks; several may share one. */
  readonly name?: string
  readonly state?: string
}

/**
 * By id, by name, or by the beginning of an id, in this order. Who is gone for good is called by its id alone:
 * its name is free for the next. Throws a `Refusal`: unknown, or ambiguous.
 */
export function find<T extends Identified>(noun: string, wanted: string, all: readonly T[]): T {
  const exact = all.find(({ id }) => id === wanted)
  if (exact) return exact
  const called = wanted === '' ? [] : all.filter(({ name, state }) => name === wanted && state !== 'gone')
  const begun = called.length > 0 || wanted === '' ? [] : all.filter(({ id }) => id.startsWith(wanted))
  const close = called.length > 0 ? called : begun
  const [first] = close
  if (first === undefined) throw unknown(noun, wanted)
  if (close.length > 1) throw ambiguous(noun, wanted, close.map(({ id }) => id))
  return first
}

/**
 * As `find`. Among launches of one task the last counts; among several tasks the one that lives, if only
 * one does.
 */
export function findTask(wanted: string, all: readonly TaskView[]): TaskView {
  const launched = all.find(({ launch }) => launch === wanted)
  if (launched) return launched
  const close = lastLaunches(matches(wanted, all))
  const live = close.filter(({ state }) => !isTerminal(state))
  const meant = live.length > 0 ? live : close
  const [first] = meant
  if (first === undefined) throw unknown('task', wanted)
  if (meant.length > 1) throw ambiguous('task', wanted, meant.map(pathOf))
  return first
}

/** The task's launch is not the last that the cluster knows: what it wrote cannot be asked for any more. */
export const successorOf = (task: TaskView, all: readonly TaskView[]): TaskView | undefined =>
  lastLaunches(all.filter((other) => pathOf(other) === pathOf(task)))
    .find(({ launch }) => launch !== task.launch)

/** Means one task, whatever other frameworks call theirs. */
export const pathOf = ({ framework, id }: TaskView): string => `${framework}/${id}`

function matches(wanted: string, all: readonly TaskView[]): readonly TaskView[] {
  if (wanted === '') return []
  const slash = wanted.indexOf('/')
  const [framework, id] = slash < 0 ? ['', wanted] : [wanted.slice(0, slash), wanted.slice(slash + 1)]
  const own = all.filter((task) => task.framework.startsWith(framework))
  for (const isExact of [(task: TaskView) => task.id === id, (task: TaskView) => task.name === id]) {
    const exact = own.filter(isExact)
    if (exact.length > 0) return exact
  }
  return own.filter((task) => task.id.startsWith(id) || (slash < 0 && task.launch.startsWith(id)))
}

function lastLaunches(tasks: readonly TaskView[]): TaskView[] {
  const last = new Map<string, TaskView>()
  for (const task of tasks) {
    const before = last.get(pathOf(task))
    if (!before || inOrder(before.launch, task.launch) < 0) last.set(pathOf(task), task)
  }
  return [...last.values()]
}

/** Ids end with a number that grows: the shorter is the older. */
export const inOrder = (left: string, right: string): number =>
  left.length - right.length || (left < right ? -1 : left > right ? 1 : 0)

const unknown = (noun: string, wanted: string): Refusal =>
  new Refusal('not-found', `there is no ${noun} '${wanted}'`, { noun })

export function ambiguous(noun: string, wanted: string, candidates: readonly string[]): Refusal {
  const named = candidates.slice(0, CANDIDATES_MAX)
  const more = candidates.length > named.length ? ` and ${candidates.length - named.length} more` : ''
  const message = `'${wanted}' could be ${candidates.length} ${noun}s: ${named.join(', ')}${more}`
  return new Refusal('ambiguous', message, { noun, candidates: named })
}
