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
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of client.follow(path, 'text/event-stream', hangUp)) {
    const blocks = (rest + decoder.write(chunk)).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data] = /^event: ([\w-]+)\ndata: (.*)$/m.exec(block) ?? []
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as unknown }
    }
  }
}
