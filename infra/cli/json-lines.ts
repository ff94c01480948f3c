/** JSON lines: an answer that goes on, one object a line. */
import { StringDecoder } from 'node:string_decoder'
import { EXIT, Failure } from './failure.js'

/** Whole lines; throws a `Failure` for one that says that the rest cannot be read. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { error } = JSON.parse(line) as { readonly error?: { readonly message: string } }
      if (error) throw new Failure(EXIT.unreachable, error.message)
      yield `${line}\n`
    }
  }
}
