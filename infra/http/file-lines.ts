/** File lines: a file as JSON Lines, each with where its text stands in the file. */
import { StringDecoder } from 'node:string_decoder'
import type { FilePart } from './file-view.js'
import type { Part } from './pieces.js'
import { Refusal, refusalLine } from './refusal.js'

/** What breaks it off is its last line, `{error}`. */
export async function* partLines(parts: AsyncIterable<Part>): AsyncGenerator<string> {
  let [decoder, expected] = [new StringDecoder('utf8'), 0]
  try {
    for await (const { offset, data } of parts) {
      // What is written anew has nothing to do with the half of a character that came before.
      if (offset < expected) decoder = new StringDecoder('utf8')
      expected = offset + data.length
      const text = decoder.write(Buffer.from(data.buffer, data.byteOffset, data.length))
      yield lineOf({ offset, bytes: data.length, text })
    }
    yield lineOf({ offset: expected, bytes: 0, text: decoder.end() })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    yield refusalLine(error)
  }
}

const lineOf = (part: FilePart): string =>
  (part.bytes === 0 && part.text === '' ? '' : `${JSON.stringify(part)}\n`)
