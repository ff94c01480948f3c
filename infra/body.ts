/**
 * Body: a message as people read it, as JSON without secrets: bytes as text where they are text, and everything cut
 * to size.
 */
import type { AnyMessage } from '../runtime/item.js'
import { REDACTED } from '../runtime/schema.js'
import { hidden, redacted, secrecyOf } from './secrecy.js'

const BYTES_SHOWN_MAX = 256
const TEXT_SHOWN_MAX = 2_000

export function bodyOf(message: AnyMessage): string {
  const { type: _, ...fields } = redacted(message)
  try {
    return JSON.stringify(fields, shown)
  } catch (error) {
    return JSON.stringify(`it cannot be shown: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function shown(name: string, value: unknown): unknown {
  const secrecy = value === undefined ? 'open' : secrecyOf(name)
  if (secrecy !== 'open') return secrecy === 'veiled' ? REDACTED : hidden(value)
  if (value instanceof Uint8Array) return bytesShown(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'string' && value.length > TEXT_SHOWN_MAX) return `${value.slice(0, TEXT_SHOWN_MAX)}…`
  return value
}

function bytesShown(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, BYTES_SHOWN_MAX))
  const more = bytes.length > BYTES_SHOWN_MAX ? `… ${bytes.length} bytes` : ''
  const words = text.toString('utf8')
  return `${/[\u0000-\u0008\ufffd]/.test(words) ? text.toString('hex') : words}${more}`
}
