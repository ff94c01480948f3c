/** Body: a message as people read it, as JSON: bytes as text where they are text, and everything cut to size. */

const BYTES_SHOWN_MAX = 256
const TEXT_SHOWN_MAX = 2_000

export function bodyOf(message: { readonly type: string }): string {
  const { type: _, ...fields } = message
  try {
    return JSON.stringify(fields, shown)
  } catch (error) {
    return JSON.stringify(`it cannot be shown: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function shown(_name: string, value: unknown): unknown {
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
