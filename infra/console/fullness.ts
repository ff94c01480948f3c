/** Fullness: how much of a machine is taken. Pure. */
import type { Amounts } from '../../actors/resources/amounts.js'

const of = (amounts: Amounts, name: string): number => (typeof amounts[name] === 'number' ? amounts[name] : 0)

/** The largest part that any resource is in use. */
export function fullness(total: Amounts, used: Amounts): number {
  const parts = Object.keys(total)
    .filter((name) => name !== 'disk' && of(total, name) > 0)
    .map((name) => of(used, name) / of(total, name))
  return Math.max(0, ...parts)
}
