/**
 * Registrar resuming: how reading goes on after an interruption.
 *
 * Whoever keeps the log may have died meanwhile, and have lost entries that were read already. Who read on from
 * where they stood would never see what is written in their place, and know another cluster than those who come
 * later. So the end of the log is read again, and compared with what is remembered of it; no two entries of a
 * master are alike. Only once the last entry that was read has been found again does reading go on behind it.
 * Otherwise all begins anew: nobody knows what of it still counts.
 *
 * A writer that is not sure of its last entries writes them again, and they may come to stand where the log has
 * lost them, with another past before them. So as many entries are compared as nobody repeats.
 */
import type { LogEntry } from '../protocol/log-entry.js'
import { forgetOldest } from './forget-oldest.js'
import { claim, depose } from './registrar-leading.js'
import { bootstrap, readAgain } from './registrar-reading.js'
import {
  COMPARED_ENTRIES_MIN, REMEMBERED_ENTRIES_MAX, RESUME_MS, TAIL_SILENCE_MS, type Ctx, type EntryNames, type Message,
  type RegistrarOptions, type Resuming, type State,
} from './registrar-state.js'

/** Nothing comes any more of what was read, or nothing has come for long. */
export function resume(state: State, isSilent: boolean, options: RegistrarOptions, ctx: Ctx): State {
  if (state.boot.mode === 'done') return ask(state, 'end', isSilent, options, ctx)
  return isSilent ? readAgain(state, options, ctx) : bootstrap(state, options, ctx)
}

export function remember(state: State, position: number, entry: LogEntry): void {
  state.remembered.set(position, namesOf(entry))
  forgetOldest(state.remembered, REMEMBERED_ENTRIES_MAX)
}

/** @returns whether reading goes on with these entries */
export function isResumed(
  state: State, { position, entries }: Extract<Message, { type: 'stream-entries' }>, options: RegistrarOptions,
  ctx: Ctx,
): boolean {
  const { resuming } = state
  if (!resuming) return true
  switch (found(state, resuming, position, entries)) {
    case 'last-read':
      state.resuming = undefined
      ctx.cancel('resume')
      return true
    case 'something-else':
      onLost(state, options, ctx)
      return false
    case 'too-little':
      ask(state, 'before', false, options, ctx)
      return false
    case 'what-precedes':
      if (!resuming.hasBegun) ctx.after('resume', RESUME_MS, { type: 'not-resumed' })
      resuming.hasBegun = true
      return false
  }
}

export const onLost = (state: State, options: RegistrarOptions, ctx: Ctx): State =>
  beginAnew(state, `the log has lost its end: what stood before entry ${state.position} is not there`, options, ctx)

/** What this master has read and, if it leads, decided may count or not: only the log knows. */
export function beginAnew(state: State, reason: string, options: RegistrarOptions, ctx: Ctx): State {
  ctx.log('warn', `${reason}; beginning again with what there is`)
  bootstrap(depose(state, reason, ctx), options, ctx)
  return state.holdsToken ? claim(state, options, ctx) : state
}

function found(
  state: State, resuming: Resuming, position: number, entries: readonly LogEntry[],
): 'last-read' | 'something-else' | 'too-little' | 'what-precedes' {
  const { position: next, remembered } = state
  for (const [index, entry] of entries.entries()) {
    const at = position + index
    if (at >= next) return resuming.from === 'end' ? 'too-little' : 'something-else'
    const known = remembered.get(at)
    if (known !== undefined && !isNamed(entry, known)) return 'something-else'
    if (known !== undefined) resuming.comparedFrom ??= at
    if (at === next - 1) return resuming.from === 'before' || isEnough(state, resuming) ? 'last-read' : 'too-little'
  }
  return 'what-precedes'
}

const isEnough = (state: State, { comparedFrom }: Resuming): boolean =>
  comparedFrom !== undefined && comparedFrom <= before(state)

function ask(
  state: State, from: Resuming['from'], isSilent: boolean, { stream }: RegistrarOptions, ctx: Ctx,
): State {
  state.resuming = { from, hasBegun: false, comparedFrom: undefined }
  ctx.cancel('resume')
  ctx.after('tail', TAIL_SILENCE_MS, { type: 'tail-silent' })
  ctx.tell(stream, {
    type: 'read', from: from === 'end' ? 'recent' : before(state), reading: ++state.reading, isSilent,
    replyTo: ctx.self,
  })
  return state
}

/** Where what is compared begins: as far back as is needed, and no further than is remembered. */
function before({ position, remembered }: State): number {
  const [oldest = position - 1] = remembered.keys()
  return Math.max(oldest, position - COMPARED_ENTRIES_MIN)
}

/** Together they tell an entry from every other, unless somebody has repeated it. */
const NAMING = ['type', 'clusterId', 'epoch', 'nonce', 'seq', 'number', 'snapshot', 'part'] as const

const namesOf = (entry: LogEntry): EntryNames => NAMING.map((name) => (entry as Named)[name])

const isNamed = (entry: LogEntry, names: EntryNames): boolean =>
  NAMING.every((name, index) => (entry as Named)[name] === names[index])

type Named = Readonly<Partial<Record<(typeof NAMING)[number], string | number>>>
