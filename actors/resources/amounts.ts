/**
 * Amounts: resources as framework authors write them and as JSON shows them, in plain units.
 *
 * `of` and `amountsOf` are each other's inverse: what an offer shows can be written in a task.
 */
import { firstPart, lowest, type Range } from './ranges.js'
import { own, subtract, THOUSANDTHS, type Resources } from './resources.js'
import { assemble, parseValue, type Value } from './parse.js'
import { printedValues } from './print.js'
import { RANGES_MAX } from './validity.js'

/** Numbers are units (cpus, MB); texts are ranges `[1-2]` or sets `{a,b}`. */
export type Amounts = Readonly<Record<string, number | string>>

/** As `Amounts`, where ranges and sets may also be lists. */
export type Wanted = Readonly<Record<string, number | string | readonly Range[] | readonly string[]>>

export interface TakenPorts {
  readonly ports: readonly number[]
  readonly taken: Resources
  readonly rest: Resources
}

/**
 * `of({ cpus: 0.5, mem: 128, ports: '[31000-31001]' })`. Throws a RangeError that names what is wrong,
 * since a program wrote it; text from people goes through `parseResources`.
 */
export function of(wanted: Wanted): Resources {
  const values: [string, Value][] = []
  for (const [name, written] of Object.entries(wanted)) {
    const value = valueFrom(name, written)
    if (value !== undefined) values.push([name, value])
  }
  const assembled = assemble(values)
  if (!assembled.ok) throw new RangeError(assembled.problem)
  return assembled.value
}

/** `{ cpus: 4, mem: 4096, ports: '[31000-31999]' }`, as JSON output shows resources. */
export function amountsOf(resources: Resources): Amounts {
  const printed = Object.entries(printedValues(resources))
  return Object.fromEntries(printed.map(([name, text]): [string, number | string] => {
    const thousandths = own(resources.scalars, name)
    return [name, thousandths === undefined ? text : thousandths / THOUSANDTHS]
  }))
}

/** Takes the lowest `count` ports out of an offer, or undefined where it has not so many. */
export function takePorts(resources: Resources, count: number): TakenPorts | undefined {
  if (!Number.isInteger(count) || count < 0 || count > RANGES_MAX) {
    throw new RangeError(`cannot take ${count} ports: write a whole number from 0 to ${RANGES_MAX}`)
  }
  const offered = own(resources.ranges, 'ports') ?? []
  const ports = lowest(offered, count)
  if (ports === undefined) return undefined
  const taken = of({ ports: firstPart(offered, count) })
  return { ports, taken, rest: subtract(resources, taken) }
}

function valueFrom(name: string, written: Wanted[string]): Value | undefined {
  if (typeof written === 'number') return { kind: 'scalar', units: written }
  if (typeof written === 'string') {
    const parsed = parseValue(name, written)
    if (!parsed.ok) throw new RangeError(parsed.problem)
    return parsed.value
  }
  if (written.length === 0) return undefined
  if (typeof written[0] === 'string') return { kind: 'set', items: written as readonly string[] }
  return { kind: 'ranges', ranges: written as readonly Range[] }
}
