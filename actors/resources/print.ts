/**
 * Print: resources as the text that `parse.ts` reads back to the same value.
 *
 * The names that everybody looks for come first, then the rest by name, so that two lists of the same
 * kinds line up under each other.
 */
import { own, THOUSANDTHS, type Range, type Resources } from './resources.js'

const FIRST = ['cpus', 'mem', 'disk', 'gpus', 'ports']

/** `cpus:4;mem:4096;ports:[31000-32000];zones:{a,b}`; nothing at all is ``. */
export function printResources(resources: Resources): string {
  return Object.entries(printedValues(resources)).map(([name, value]) => `${name}:${value}`).join(';')
}

/** `4 cpus, 4096 MB mem, ports [31000-32000]`: for sentences that people read. */
export function describeResources(resources: Resources): string {
  const words = Object.entries(printedValues(resources)).map(([name, value]) => {
    if (own(resources.scalars, name) === undefined) return `${name} ${value}`
    if (name === 'cpus' && value === '1') return '1 cpu'
    return `${value} ${name === 'mem' || name === 'disk' ? 'MB ' : ''}${name}`
  })
  return words.length === 0 ? 'nothing' : words.join(', ')
}

/** Each value as its own text, in the order of printing. */
export function printedValues(resources: Resources): Record<string, string> {
  const { scalars, ranges, sets } = resources
  const printed: [string, string][] = []
  for (const [name, thousandths] of Object.entries(scalars)) printed.push([name, printScalar(thousandths)])
  for (const [name, list] of Object.entries(ranges)) printed.push([name, printRanges(list)])
  for (const [name, items] of Object.entries(sets)) printed.push([name, `{${items.join(',')}}`])
  return Object.fromEntries(printed.sort(([left], [right]) => inOrder(left, right)))
}

export function printScalar(thousandths: number): string {
  return String(thousandths / THOUSANDTHS)
}

export function printRanges(ranges: readonly Range[]): string {
  return `[${ranges.map(({ begin, end }) => `${begin}-${end}`).join(',')}]`
}

function inOrder(left: string, right: string): number {
  const place = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return place(left) - place(right) || (left < right ? -1 : 1)
}
