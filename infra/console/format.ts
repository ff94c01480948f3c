/** Format: quantities and times as people read them. Pure. */

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const
const STEP = 1_024

export function bytes(count: number): string {
  let [amount, unit] = [count, 0]
  while (amount >= STEP && unit < UNITS.length - 1) [amount, unit] = [amount / STEP, unit + 1]
  return `${short(amount)} ${UNITS[unit]}`
}

/** At most three digits that mean something. */
export function short(amount: number): string {
  if (Number.isInteger(amount)) return amount.toLocaleString('en')
  const digits = amount >= 100 ? 0 : amount >= 10 ? 1 : 2
  return String(Number(amount.toFixed(digits)))
}

/** An amount of a resource; the master counts memory and disk in MB. */
export function amount(name: string, value: number): string {
  return name === 'mem' || name === 'disk' ? bytes(value * STEP * STEP) : short(value)
}

const NAMES: Readonly<Record<string, string>> = {
  cpus: 'CPU',
  mem: 'memory',
  disk: 'disk',
  gpus: 'GPU',
  ports: 'ports',
}
export const resourceName = (name: string): string => NAMES[name] ?? name

/** `0.5 CPU, 64 MB memory` */
export function amounts(of: Readonly<Record<string, number | string>>): string {
  const parts = Object.entries(of)
    .filter(([, value]) => typeof value === 'number' && value > 0)
    .map(([name, value]) => `${amount(name, value as number)} ${resourceName(name)}`)
  return parts.length === 0 ? '–' : parts.join(', ')
}

export const percent = (part: number): string => `${short(Math.round(part * 1_000) / 10)} %`

const SPANS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `3 min`, `2 h`; the largest unit that fits. */
export function span(ms: number): string {
  for (const [unit, unitMs] of SPANS) if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`
  return ms > 0 && ms < 1 ? `${short(ms)} ms` : `${Math.round(ms)} ms`
}

/** `1.24 ms`, for what is measured. */
export const duration = (ms: number): string => (ms < 1_000 ? `${short(ms)} ms` : `${short(ms / 1_000)} s`)

/** `12:00:01.204` */
export const clock = (atMs: number): string => {
  const at = new Date(atMs)
  const two = (part: number) => String(part).padStart(2, '0')
  const ms = String(at.getMilliseconds()).padStart(3, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`
}

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
