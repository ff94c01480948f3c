/**
 * Desk: how busy those machines are that are in sight. Whoever shows one says so; all that are wanted are asked
 * for together, the ones first that were asked longest ago, so that a list of thousands costs no more than one
 * of a hundred.
 */
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { MachineUsage } from '../../../actors/protocol/usage.js'
import { get } from '../api.js'
import { dueOf } from './parts.js'

/** As many as the master takes at once. */
const ASKED_MAX = 100
const TICK_MS = 2_000
/** So soon all rows of a page have said what they want. */
const FIRST_MS = 60
const AGAIN_MS = 5_000

interface Answer {
  readonly usage: Readonly<Record<string, MachineUsage>>
}

/** What is known of those that are wanted. */
export const usages = signal<ReadonlyMap<string, MachineUsage>>(new Map())

const wanted = new Map<string, number>()
const askedMs = new Map<string, number>()
let timer: ReturnType<typeof setTimeout> | undefined

/** @returns to be called when they are out of sight */
export function want(ids: readonly string[]): () => void {
  for (const id of ids) wanted.set(id, (wanted.get(id) ?? 0) + 1)
  // What was waited for until the next turn may be in sight now.
  clearTimeout(timer)
  timer = setTimeout(turn, FIRST_MS)
  return () => {
    for (const id of ids) {
      const left = (wanted.get(id) ?? 1) - 1
      if (left > 0) wanted.set(id, left)
      else wanted.delete(id)
    }
  }
}

export function useUsage(id: string): MachineUsage | undefined {
  useEffect(() => want([id]), [id])
  return usages.value.get(id)
}

async function turn(): Promise<void> {
  if (wanted.size === 0) return void forget()
  const due = document.hidden ? [] : dueOf(wanted.keys(), askedMs, Date.now(), AGAIN_MS, ASKED_MAX)
  for (const id of due) askedMs.set(id, Date.now())
  if (due.length > 0) {
    const answer = await get<Answer>(`/v1/usage?agents=${due.map(encodeURIComponent).join(',')}`).catch(() => undefined)
    const next = new Map(usages.value)
    for (const id of due) {
      const usage = answer?.usage[id]
      // What cannot be asked is not known: an old figure would look like a new one.
      if (usage) next.set(id, usage)
      else next.delete(id)
    }
    usages.value = next
  }
  clearTimeout(timer)
  timer = setTimeout(turn, TICK_MS)
}

function forget(): void {
  askedMs.clear()
  usages.value = new Map()
}
