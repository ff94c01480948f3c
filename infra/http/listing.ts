/**
 * Listing: which part of all views one request gets, and what the request may say about it. The order is
 * that of the ids, so that a page stays where it was while others come and go.
 */
import type { TaskView } from '../../actors/protocol/operator.js'
import { isTerminal, TASK_STATES, type TaskState } from '../../actors/protocol/task.js'
import { inOrder } from './identity.js'
import { Refusal } from './refusal.js'

export const PAGE_DEFAULT = 1_000
export const PAGE_MAX = 10_000

export type Query = Readonly<Record<string, unknown>>

export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  /** What to give as `after` for more; absent on the last page. */
  readonly next?: string
}

/** Throws a `Refusal` that names the parameter nobody knows. */
export function allow(query: Query, names: readonly string[]): void {
  for (const [name, value] of Object.entries(query)) {
    if (!names.includes(name)) {
      const known = names.length > 0 ? `use ${names.join(', ')}` : 'there are none here'
      throw new Refusal('bad-request', `'${name}' is no parameter of this address: ${known}`)
    }
    if (typeof value !== 'string') throw new Refusal('bad-request', `'${name}' is given more than once`)
  }
}

export const textOf = (query: Query, name: string): string | undefined => query[name] as string | undefined

export function flagOf(query: Query, name: string): boolean {
  const value = textOf(query, name) ?? '0'
  if (value === '1' || value === 'true' || value === '') return true
  if (value === '0' || value === 'false') return false
  throw new Refusal('bad-request', `${name}=${value} is neither yes nor no: write ${name}=1 or leave it out`)
}

/** How bytes are told: exactly, line by line, or as the request accepts them. */
export function encodingOf(query: Query): 'base64' | undefined {
  const value = textOf(query, 'encoding')
  if (value === undefined || value === 'base64') return value
  throw new Refusal('bad-request', `encoding=${value} is unknown: write encoding=base64 or leave it out`)
}

const INTEGER_MAX = Number.MAX_SAFE_INTEGER

export function naturalOf(query: Query, name: string, fallback: number, max = INTEGER_MAX): number {
  const value = textOf(query, name)
  if (value === undefined) return fallback
  const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN
  if (number <= max) return number
  throw new Refusal('bad-request', `${name}=${value} is no whole number from 0 to ${max}`)
}

/** Sorts and cuts. @param idOf grows with every new item */
export function pageOf<T>(all: readonly T[], query: Query, idOf: (item: T) => string): Page<T> {
  const limit = naturalOf(query, 'limit', PAGE_DEFAULT, PAGE_MAX)
  const after = textOf(query, 'after')
  const rest = (after === undefined ? [...all] : all.filter((item) => inOrder(idOf(item), after) > 0))
    .sort((left, right) => inOrder(idOf(left), idOf(right)))
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  const next = last !== undefined && rest.length > limit ? { next: idOf(last) } : {}
  return { items, total: all.length, ...next }
}

/** Those that `live` and `state` let through. */
export function tasksWanted(tasks: readonly TaskView[], query: Query): readonly TaskView[] {
  const states = textOf(query, 'state')?.toUpperCase().split(',')
  const unknown = states?.find((state) => !TASK_STATES.includes(state as TaskState))
  if (unknown !== undefined) {
    throw new Refusal('bad-request', `'${unknown}' is no task state: use ${TASK_STATES.join(', ')}`)
  }
  const live = flagOf(query, 'live')
  return tasks.filter(({ state }) => (states?.includes(state) ?? true) && !(live && isTerminal(state)))
}

export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}
