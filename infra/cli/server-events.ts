/** Server events: what a master tells as server-sent events, one by one as they come. */
import { StringDecoder } from 'node:string_decoder'
import type { HttpClient } from './http-client.js'

export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

/** Ends when the signal hangs up. Throws a `Failure`, also midway. */
export async function* serverEvents(
  client: HttpClient, path: string, hangUp: AbortSignal,
): AsyncGenerator<ServerEvent> {
  for await (const told of eventsOf(client.follow(path, 'text/event-stream', hangUp))) if (told !== 'heard') yield told
}

/** `heard` is a sign of life, and no more. */
export async function* eventsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerEvent | 'heard'> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + decoder.write(chunk)).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data] = /^event: ([\w-]+)\ndata: (.*)$/m.exec(block) ?? []
      yield event === undefined || data === undefined ? 'heard' : { event, data: JSON.parse(data) as unknown }
    }
  }
}
