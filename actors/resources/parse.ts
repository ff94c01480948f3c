/**
 * Parse: resources from the text that people write, `cpus:4;mem:4096;ports:[31000-32000];zones:{a,b}`.
 *
 * The answer is the resources or one line that names the offending piece and the fix, for the command
 * line to print as it is. An amount of 0 is legal and means that there is none.
 */
import { coalesce } from './ranges.js'
import { THOUSANDTHS, type Range, type Resources } from './resources.js'
import {
  itemsProblem, kindProblem, nameProblem, NAMES_MAX, quoted, rangesProblem, scalarProblem,
} from './validity.js'

export const TEXT_LENGTH_MAX = 65_536

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string }

/** One value, before it has a name. */
export type Value =
  | { readonly kind: 'scalar'; readonly units: number }
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  | { readonly kind: 'set'; readonly items: readonly string[] }

const AMOUNT = /^[+-]?(\d+(\.\d*)?|\.\d+)$/
const WITH_UNIT = /^([\d.]+)\s*([A-Za-z]+)$/
const RANGE = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/

/** `cpus:4;mem:4096;disk:10000;ports:[31000-32000,33000-33010];zones:{a,b}`; mem and disk in MB. */
export function parseResources(text: string): Parsed<Resources> {
  const pieces = parsePieces(text, 'cpus:4')
  if (!pieces.ok) return pieces
  const values: [string, Value][] = []
  for (const [name, written] of pieces.value) {
    const value = parseValue(name, written)
    if (!value.ok) return value
    values.push([name, value.value])
  }
  return assemble(values)
}

/** Named values as resources, or what is wrong with the first that cannot be. */
export function assemble(values: Iterable<readonly [string, Value]>): Parsed<Resources> {
  const scalars: Record<string, number> = {}
  const ranges: Record<string, readonly Range[]> = {}
  const sets: Record<string, readonly string[]> = {}
  for (const [name, value] of values) {
    const problem = nameProblem(name) ?? kindProblem(name, value.kind) ?? valueProblem(name, value)
    if (problem !== undefined) return { ok: false, problem }
    if (value.kind === 'scalar' && value.units > 0) scalars[name] = Math.round(value.units * THOUSANDTHS)
    if (value.kind === 'ranges' && value.ranges.length > 0) ranges[name] = coalesce(value.ranges)
    if (value.kind === 'set' && value.items.length > 0) sets[name] = [...value.items].sort()
  }
  return { ok: true, value: { scalars, ranges, sets } }
}

/** `name:value;name:value` in pieces: trimmed, each with a legal name that no other piece has. */
export function parsePieces(text: string, example: string): Parsed<readonly (readonly [string, string])[]> {
  if (text.length > TEXT_LENGTH_MAX) {
    return refuse(`the text has ${text.length} characters: write at most ${TEXT_LENGTH_MAX}`)
  }
  const values = new Map<string, string>()
  for (const piece of text.split(';').map((part) => part.trim())) {
    if (piece === '') continue
    const colon = piece.indexOf(':')
    if (colon < 0) return refuse(`${quoted(piece)} has no value: write name:value, such as ${example}`)
    const name = piece.slice(0, colon).trim()
    const value = piece.slice(colon + 1).trim()
    const problem = nameProblem(name)
    if (problem !== undefined) return refuse(problem)
    if (value === '') return refuse(`${quoted(piece)} has no value: write ${name}:value`)
    if (values.has(name)) return refuse(`${name} is there twice: write it once`)
    values.set(name, value)
  }
  if (values.size > NAMES_MAX) return refuse(`there are ${values.size} names: write at most ${NAMES_MAX}`)
  return { ok: true, value: [...values] }
}

/** `2.5`, `[1-2,5]` or `{a,b}`. The name serves the wording of a problem. */
export function parseValue(name: string, written: string): Parsed<Value> {
  if (written.startsWith('[')) return parseRanges(name, written)
  if (written.startsWith('{')) return parseItems(name, written)
  if (AMOUNT.test(written)) return { ok: true, value: { kind: 'scalar', units: Number(written) } }
  const suffixed = WITH_UNIT.exec(written)
  if (suffixed !== null) return refuse(unitProblem(name, written, suffixed[1] ?? '', suffixed[2] ?? ''))
  const choices = `${name}:2, ${name}:[1-9] or ${name}:{a,b}`
  return refuse(`${name}:${quoted(written)} is no amount, ranges or set: write ${choices}`)
}

export function parseRanges(name: string, written: string): Parsed<Value> {
  if (!written.endsWith(']')) return refuse(`${name}:${quoted(written)} has no end: close it with "]"`)
  const ranges: Range[] = []
  for (const part of partsOf(written)) {
    const numbers = RANGE.exec(part)
    if (numbers === null) {
      return refuse(`${name} has ${quoted(part)}, which is no range: write ${name}:[31000-31999]`)
    }
    ranges.push({ begin: Number(numbers[1]), end: Number(numbers[2] ?? numbers[1]) })
  }
  const problem = rangesProblem(name, ranges)
  return problem === undefined ? { ok: true, value: { kind: 'ranges', ranges } } : refuse(problem)
}

function parseItems(name: string, written: string): Parsed<Value> {
  if (!written.endsWith('}')) return refuse(`${name}:${quoted(written)} has no end: close it with "}"`)
  return { ok: true, value: { kind: 'set', items: partsOf(written) } }
}

function partsOf(bracketed: string): string[] {
  const inside = bracketed.slice(1, -1).trim()
  return inside === '' ? [] : inside.split(',').map((part) => part.trim())
}

function valueProblem(name: string, value: Value): string | undefined {
  switch (value.kind) {
    case 'scalar': return scalarProblem(name, value.units)
    case 'ranges': return rangesProblem(name, value.ranges)
    case 'set': return itemsProblem(name, value.items)
  }
}

// People write 4GB; saying which number they meant is worth four lines.
function unitProblem(name: string, written: string, amount: string, unit: string): string {
  const inMb: Readonly<Record<string, number>> = { m: 1, mb: 1, mib: 1, g: 1024, gb: 1024, gib: 1024 }
  const factor = name === 'mem' || name === 'disk' ? inMb[unit.toLowerCase()] : undefined
  if (factor === undefined) return `${name}:${written} has a unit: write a plain number, such as ${name}:2`
  return `${name}:${written} has a unit: ${name} is in MB, write ${name}:${Number(amount) * factor}`
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
