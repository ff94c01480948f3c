/**
 * Slips: what an author got wrong, in words for them. A compiler would have said most of it, but nobody has to ask
 * one, and what the master makes of it is late or says nothing at all.
 */
import { nearest } from '../../runtime/nearest.js'
import type { Offer } from '../protocol/scheduler.js'
import type { TaskInfo } from '../protocol/task.js'
import { FRAMEWORK_FIELDS } from './framework.js'

type Made = Readonly<Record<string, unknown>>

/** What is wrong with a definition, to be read after its name; undefined when nothing is. */
export function definitionSlip(made: Made): string | undefined {
  const unknown = Object.keys(made).find((key) => !FRAMEWORK_FIELDS.includes(key))
  if (unknown !== undefined) return `has '${unknown}', which no framework has: ${nearestOf(unknown, FRAMEWORK_FIELDS)}`
  for (const [field, { isRight, write }] of Object.entries(FORMS)) {
    if (made[field] !== undefined && !isRight(made[field])) return `has a wrong ${field}: write ${write}`
  }
  return undefined
}

/** Which of the words was probably meant, or all of them. */
export function nearestOf(word: string, words: readonly string[]): string {
  const close = nearest(word, words)
  return close === undefined ? `it may have ${words.join(', ')}` : `did you mean '${close}'?`
}

/** What `accept` and `decline` are given. */
export function offersOf(given: Offer | readonly Offer[]): readonly Offer[] {
  const offers = Array.isArray(given) ? given as readonly Offer[] : [given as Offer]
  if (offers.every((each) => isRecord(each) && typeof each['offerId'] === 'string')) return offers
  throw new TypeError('this is no offer: give an offer as it came in `event.offers`, or a list of them')
}

/** What `accept` is to launch. */
export function tasksOf(tasks: readonly TaskInfo[]): readonly TaskInfo[] {
  if (!Array.isArray(tasks)) throw new TypeError('what is to be launched is no list: write `[task({ … })]`')
  if (tasks.every((each) => isRecord(each) && typeof each['taskId'] === 'string')) return tasks
  throw new TypeError('what is to be launched is no task: make each with `task({ … })`')
}

export function checkTimer(name: string, delayMs: number): void {
  if (typeof name === 'string' && Number.isFinite(delayMs)) return
  throw new TypeError("a timer has a name and a delay in milliseconds: write `ctx.after('again', 500)`")
}

const isRecord = (value: unknown): value is Made => typeof value === 'object' && value !== null
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string')

/** Fields that the type alone would hold to their form. */
const FORMS: Readonly<Record<string, { readonly isRight: (value: unknown) => boolean; readonly write: string }>> = {
  roles: { isRight: isTexts, write: "a list of names, such as ['web']" },
  labels: { isRight: isTexts, write: "a list of texts, such as ['nightly']" },
  failoverTimeoutMs: {
    isRight: (value) => Number.isSafeInteger(value) && (value as number) >= 0, write: 'milliseconds, such as 60_000',
  },
  acknowledge: {
    isRight: (value) => value === 'automatic' || value === 'explicit', write: "'explicit', or 'automatic'",
  },
  restartLost: {
    isRight: (value) => typeof value === 'boolean'
      || (isRecord(value) && (value['returned'] === 'kill' || value['returned'] === 'keep')),
    write: "true, or { returned: 'keep' }",
  },
}
