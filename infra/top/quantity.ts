/** Quantity: an amount of a resource, short enough for a column. */

const MEGABYTES = new Set(['mem', 'disk'])

/** `0.5`, `12`; of memory and disk `512M`, `1.5G`, `12G`, `3.2T`. */
export function quantity(name: string, amount: number): string {
  if (!MEGABYTES.has(name)) return short(amount)
  if (amount < 1_024) return `${short(amount)}M`
  if (amount < 1_048_576) return `${short(amount / 1_024)}G`
  return `${short(amount / 1_048_576)}T`
}

const short = (amount: number): string =>
  (amount >= 100 ? String(Math.round(amount)) : String(Math.round(amount * 10) / 10))
