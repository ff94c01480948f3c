/** Repeats: what happens again and again, such as a ping and its answer, is shown once, with how often. Pure. */
import type { Arrow } from '../../trace/sequence.js'

/** Messages that a loop may have. */
const LOOP_MAX = 4

export interface Repeated {
  readonly arrow: Arrow
  readonly times: number
}

const keyOf = ({ from = '', to, type, dropped = '' }: Arrow): string => `${from}>${to}:${type}:${dropped}`

export function collapsed(arrows: readonly Arrow[]): Repeated[] {
  const keys = arrows.map(keyOf)
  const kept: Repeated[] = []
  for (let at = 0; at < arrows.length; ) {
    const { length, times } = loopAt(keys, at)
    for (const arrow of arrows.slice(at, at + length)) kept.push({ arrow, times })
    at += length * times
  }
  return kept
}

/** The loop that begins here and covers most. */
function loopAt(keys: readonly string[], at: number): { readonly length: number; readonly times: number } {
  let best = { length: 1, times: 1 }
  for (let length = 1; length <= LOOP_MAX; length++) {
    let times = 1
    while (isSame(keys, at, at + length * times, length)) times++
    if (times > 1 && length * times > best.length * best.times) best = { length, times }
  }
  return best
}

function isSame(keys: readonly string[], left: number, right: number, length: number): boolean {
  if (right + length > keys.length) return false
  for (let step = 0; step < length; step++) if (keys[left + step] !== keys[right + step]) return false
  return true
}
