/**
 * Backoff: how long to wait before the next attempt to connect.
 *
 * Full jitter: a random share of a ceiling that doubles. When a broker comes back, a thousand nodes
 * that lost it in the same millisecond do not return in the same millisecond.
 */
export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** @param attempt how many attempts have failed in a row, from 0 */
export function backoffMs({ firstMs, maxMs }: Backoff, attempt: number, chance = Math.random()): number {
  return Math.round(Math.min(maxMs, firstMs * 2 ** attempt) * chance)
}
