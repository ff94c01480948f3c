/** Window: which part of a file is in sight. A file may be larger than a page can hold. Pure. */

/** So much of a file is shown at once. */
export const WINDOW_BYTES = 65_536

/** `end` is the last of it, followed as it grows; else the byte that the window begins with. */
export type Position = 'end' | number

export const positionOf = (text: string | null): Position => {
  const at = text === null || !/^\d{1,15}$/.test(text) ? NaN : Number(text)
  return Number.isNaN(at) ? 'end' : at
}

export const wishOf = (position: Position): Readonly<Record<string, string>> =>
  position === 'end' ? { tail: String(WINDOW_BYTES), follow: '1' }
    : { offset: String(position), bytes: String(WINDOW_BYTES) }

/** @param from the first byte in sight */
export const earlier = (from: number): number => Math.max(0, from - WINDOW_BYTES)

/** Beyond the end there is nothing but the end. */
export const later = (from: number, size: number): Position =>
  from + WINDOW_BYTES >= size ? 'end' : from + WINDOW_BYTES

/** Text has no zero bytes; what has is shown as what it is not. */
export const isBinary = (text: string): boolean => text.includes('\0')
