/**
 * Base64 lines: bytes as JSON Lines `{offset, base64}`, for who may have to go on elsewhere: each line says exactly
 * how far it has come, and an empty one that nothing was written for long.
 */
import type { Part } from './pieces.js'
import { Refusal, refusalLine } from './refusal.js'

export interface Base64Line {
  readonly offset: number
  readonly base64: string
}

/** What breaks it off is its last line, `{error}`. */
export async function* asBase64(parts: AsyncIterable<Part>): AsyncGenerator<string> {
  try {
    for await (const { offset, data } of parts) {
      const base64 = Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64')
      yield `${JSON.stringify({ offset, base64 } satisfies Base64Line)}\n`
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    yield refusalLine(error)
  }
}
