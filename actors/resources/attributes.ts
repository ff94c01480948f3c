/**
 * Attributes: what an agent says about itself and nobody consumes, `rack:r1;level:3;ports:[1-2]`.
 *
 * What looks like a number or like ranges is one, so that frameworks may compare it; all else is text.
 */
import { coalesce, type Range } from './ranges.js'
import { THOUSANDTHS } from './resources.js'
import { parsePieces, parseRanges, type Parsed } from './parse.js'
import { printRanges, printScalar } from './print.js'
import { quoted, SCALAR_UNITS_MAX } from './validity.js'

export const ATTRIBUTE_LENGTH_MAX = 255

export type Attribute =
  | { readonly kind: 'text'; readonly text: string }
  /** In thousandths, as resources are; may be negative. */
  | { readonly kind: 'scalar'; readonly thousandths: number }
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }

export type Attributes = Readonly<Record<string, Attribute>>

const NUMBER = /^-?\d+(\.\d{1,3})?$/
const TEXT = /^[^\p{Cc}\p{Zl}\p{Zp};[{][^\p{Cc}\p{Zl}\p{Zp};]*$/u

export function parseAttributes(text: string): Parsed<Attributes> {
  const pieces = parsePieces(text, 'rack:r1')
  if (!pieces.ok) return pieces
  const attributes: Record<string, Attribute> = {}
  for (const [name, written] of pieces.value) {
    const attribute = parseAttribute(name, written)
    if (!attribute.ok) return attribute
    attributes[name] = attribute.value
  }
  return { ok: true, value: attributes }
}

/** The text that `parseAttributes` reads back, by name. */
export function printAttributes(attributes: Attributes): string {
  const pieces = Object.entries(attributes).map(([name, value]) => `${name}:${printAttribute(value)}`)
  return pieces.sort().join(';')
}

export function printAttribute(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'text': return attribute.text
    case 'scalar': return printScalar(attribute.thousandths)
    case 'ranges': return printRanges(attribute.ranges)
  }
}

function parseAttribute(name: string, written: string): Parsed<Attribute> {
  if (written.startsWith('[')) {
    const parsed = parseRanges(name, written)
    if (!parsed.ok) return parsed
    const ranges = parsed.value.kind === 'ranges' ? coalesce(parsed.value.ranges) : []
    return { ok: true, value: { kind: 'ranges', ranges } }
  }
  if (NUMBER.test(written) && Math.abs(Number(written)) <= SCALAR_UNITS_MAX) {
    // Adding 0 makes an ordinary zero of the negative one.
    const thousandths = Math.round(Number(written) * THOUSANDTHS) + 0
    return { ok: true, value: { kind: 'scalar', thousandths } }
  }
  if (written.length <= ATTRIBUTE_LENGTH_MAX && TEXT.test(written)) {
    return { ok: true, value: { kind: 'text', text: written } }
  }
  const rule = `at most ${ATTRIBUTE_LENGTH_MAX} printable characters, a number, or [1-2]`
  return { ok: false, problem: `${name} has the value ${quoted(written)}: write ${rule}` }
}
