/** Report: a violation, told for people: what went wrong, what led to it, and how to see it again. */
import type { Hop } from '../../runtime/hop.js'
import { nodeOf, pathOf } from '../../runtime/address.js'
import type { Rule } from './broken.js'
import { FAULTS, type Fault, type Step } from './plan.js'
import { run } from './run.js'
import type { Shrunk } from './shrink.js'

/** Messages that are shown, the last before the violation. */
const MESSAGES_MAX = 60
const WORDS_MAX = 150
/** What everybody says all the time. */
const NOISE = new Set([
  'ping', 'pong', 'find-leader', 'watch-actors', 'unwatch-actors', 'offers', 'rescind', 'revive', 'suppress', 'decline',
])
/** What lives within a node is mostly of no interest. */
const INSIDE = new Set([
  'append', 'committed', 'append-failed', 'replayed', 'start', 'adopt', 'exited', 'vanished', 'signal', 'elected',
  'deposed', 'claim-above', 'token-taken', 'token-gone', 'task-report', 'add', 'agent-lost', 'scheduler-lost', 'folded',
])

interface Line {
  readonly atMs: number
  readonly text: string
}

export interface ReportOptions {
  readonly seed: number
  readonly steps: number
  readonly breaks?: Rule | undefined
  readonly only?: readonly Fault[] | undefined
  /** Only messages that hold, or are for, one of these. */
  readonly about?: readonly string[]
  readonly messagesMax?: number
}

/** Runs the shrunk plan again, and listens. */
export async function report({ plan, violation }: Shrunk, options: ReportOptions): Promise<string> {
  const { seed, steps, breaks, only, about = [], messagesMax = MESSAGES_MAX } = options
  const befell: Line[] = []
  let messages: Line[] = []
  const { violation: seen } = await run({
    seed, plan, breaks,
    traces: { hop: (hop) => {
      const line = lineOf(hop, about)
      if (!line) return
      messages.push(line)
      if (messages.length > 4 * messagesMax) messages = messages.slice(-messagesMax)
    } },
    befell: (atMs, step, whom) => void befell.push({ atMs, text: tell(step, whom) }),
  })
  const { invariant, message, atMs } = seen ?? violation
  const more = `${only ? ` --only ${only.join(',')}` : ''}${breaks ? ` --break ${breaks}` : ''}`
  const again = `npm run simulate -- --seeds 1 --from ${seed} --steps ${steps}${more}`
  return [
    `seed ${seed} violates ${message}`,
    '', `What went wrong (${plan.length} steps are enough):`, ...befell.map(printed),
    '', `The last messages before ${invariant} was violated, ${Math.round(atMs)} ms after the beginning:`,
    ...messages.slice(-messagesMax).map(printed),
    '', `See it again: ${again}`,
  ].join('\n')
}

const printed = ({ atMs, text }: Line): string => `${String(Math.round(atMs)).padStart(9)}  ${text}`

const tell = ({ fault, forMs }: Step, whom: string): string => `${fault} ${whom} (${FAULTS[fault]}; ${forMs} ms)`

function lineOf({ kind, atMs, from, to, message }: Hop, about: readonly string[]): Line | undefined {
  if (kind !== 'processed' && kind !== 'dropped' && kind !== 'delivered') return undefined
  const isPort = pathOf(to).startsWith('port.')
  if (kind === 'delivered' && !isPort) return undefined
  const { type, ...rest } = message
  const isInside = from === undefined || nodeOf(from) === nodeOf(to)
  if (NOISE.has(type) || (isInside && !INSIDE.has(type)) || isBeat(rest)) return undefined
  const words = JSON.stringify(rest, (_key, value: unknown) => (value instanceof Uint8Array ? '…' : value))
  if (about.length > 0 && !about.some((word) => words.includes(word) || to.includes(word))) return undefined
  const arrow = kind === 'dropped' ? '✕' : '→'
  const sender = from === undefined ? '' : short(from)
  return { atMs: atMs % 10_000_000, text: `${sender} ${arrow} ${short(to)}  ${type} ${words.slice(0, WORDS_MAX)}` }
}

/** A leader writes these all the time. */
const isBeat = ({ entries }: { readonly entries?: unknown }): boolean =>
  Array.isArray(entries) && entries.every((entry: { readonly type: string }) => entry.type === 'log-beat')

/** `m0:2/master` of `master-m0@i2/master`. */
const short = (ref: string): string => ref.replace(/^[a-z]+-([^@]*)@i(\d+)/, '$1:$2')
