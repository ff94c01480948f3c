/** Quantiles: what most of many values are below. */

/** The value that `part` of all values (0.99 of them) do not exceed; NaN when there is none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN
}
