/**
 * Task logs: what a task has written, to the streams that it wrote it to, byte for byte. Each stream is
 * read on its own, so that one that nobody takes away does not hold up the other.
 */
import type { StreamName } from '../http/log-stream.js'
import type { Part } from '../http/pieces.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { HangUp } from './hang-up.js'
import { clientOf, segment } from './http-client.js'
import { idOf, TASK_IDS } from './inspect.js'
import { linesOf } from './json-lines.js'
import { openOutlet, type Outlet } from './outlet.js'
import { bytesIn, FOLLOW_NOTE, followParts, sayingOnce } from './part-follow.js'

const STREAMS: Readonly<Record<string, readonly StreamName[]>> = {
  stdout: ['stdout'], stderr: ['stderr'], both: ['stdout', 'stderr'],
}

const NDJSON = 'application/x-ndjson'

export const command: Command = {
  arguments: ['<task>'],
  options: [
    { flags: '--follow', help: 'go on until the task ends' },
    { flags: '--stream <name>', help: 'stdout, stderr or both', fallback: 'both', parse: streamNamed },
    { flags: '--json', help: 'one JSON object a line: {"stream", "text"}' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren task logs hello', 'warren task logs hello --follow',
    'warren task logs hello --stream stderr --json',
  ],
  notes: `${TASK_IDS}\n${FOLLOW_NOTE}`,
  run,
}

async function run({ arguments: [id = ''], options }: Call): Promise<number> {
  const client = clientOf(options)
  const hangUp = new HangUp()
  const task = idOf('task', id)
  const pathOf = (stream: string) => `/v1/tasks/${segment(task)}/logs?stream=${stream}`
  const [stream, isJson] = [String(options['stream']), options['json'] === true]
  const [out, err] = [openOutlet(process.stdout), openOutlet(process.stderr)]
  const streams = (STREAMS[stream] ?? []).map((name) => ({ name, to: name === 'stdout' || isJson ? out : err }))
  const listener = sayingOnce((text) => void err.write(text))
  const read = (name: StreamName): AsyncIterable<Uint8Array | string> => {
    if (options['follow'] !== true) return client.follow(pathOf(name), 'text/plain', hangUp.signal)
    const wish = { nouns: 'tasks', id: task, what: 'logs', query: { stream: name } } as const
    const parts = followParts(client, wish, listener(), hangUp.signal)
    return isJson ? linesIn(name, parts) : bytesIn(parts)
  }
  try {
    if (isJson && options['follow'] !== true) {
      await copy(linesOf(client.follow(pathOf(stream), NDJSON, hangUp.signal)), out, hangUp)
    } else await Promise.all(streams.map(({ name, to }) => copy(read(name), to, hangUp)))
  } catch (error) {
    if (!hangUp.signal.aborted) throw error
  } finally {
    hangUp.abort()
    hangUp.release()
  }
  await Promise.all([out.flushed(), err.flushed()])
  return hangUp.interrupted ? EXIT.interrupted : EXIT.ok
}

/** Until there is no more, or nobody reads it any more (`| head`): then the other stream ends as well. */
export async function copy(
  from: AsyncIterable<Uint8Array | string>, to: Outlet, hangUp: AbortController,
): Promise<void> {
  for await (const data of from) {
    if (!await to.write(data)) return hangUp.abort()
  }
}

async function* linesIn(stream: StreamName, parts: AsyncIterable<Part>): AsyncGenerator<string> {
  const { asLines } = await import('../http/log-stream.js')
  const named = async function* () {
    for await (const part of parts) yield { stream, ...part }
  }
  yield* asLines(named())
}

function streamNamed(text: string): string {
  if (Object.hasOwn(STREAMS, text)) return text
  throw new Failure(EXIT.usage, `'${text}' is no stream of a task: use stdout, stderr or both`)
}
