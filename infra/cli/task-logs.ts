/**
 * Task logs: what a task has written, to the streams that it wrote it to, byte for byte. Each stream is
 * read on its own, so that one that nobody takes away does not hold up the other.
 */
import { StringDecoder } from 'node:string_decoder'
import type { StreamName } from '../http/log-stream.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'
import { idOf, TASK_IDS } from './inspect.js'
import { openOutlet, type Outlet } from './outlet.js'

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
  notes: TASK_IDS,
  run,
}

async function run({ arguments: [id = ''], options }: Call): Promise<number> {
  const client = clientOf(options)
  const hangUp = new AbortController()
  let interrupted = false
  const interrupt = () => {
    interrupted = true
    hangUp.abort()
  }
  process.once('SIGINT', interrupt)
  const follow = options['follow'] === true ? '&follow=1' : ''
  const pathOf = (stream: string) => `/v1/tasks/${segment(idOf('task', id))}/logs?stream=${stream}${follow}`
  const stream = String(options['stream'])
  const [out, err] = [openOutlet(process.stdout), openOutlet(process.stderr)]
  try {
    if (options['json'] === true) {
      await copy(linesOf(client.follow(pathOf(stream), NDJSON, hangUp.signal)), out, hangUp)
    } else {
      const streams = (STREAMS[stream] ?? []).map((name) => ({ name, to: name === 'stdout' ? out : err }))
      await Promise.all(streams.map(({ name, to }) =>
        copy(client.follow(pathOf(name), 'text/plain', hangUp.signal), to, hangUp)))
    }
  } catch (error) {
    if (!hangUp.signal.aborted) throw error
  } finally {
    hangUp.abort()
    process.off('SIGINT', interrupt)
  }
  await Promise.all([out.flushed(), err.flushed()])
  return interrupted ? EXIT.interrupted : EXIT.ok
}

/** Until there is no more, or nobody reads it any more (`| head`): then the other stream ends as well. */
export async function copy(
  from: AsyncIterable<Uint8Array | string>, to: Outlet, hangUp: AbortController,
): Promise<void> {
  for await (const data of from) {
    if (!await to.write(data)) return hangUp.abort()
  }
}

/** Whole lines of JSON; throws a `Failure` for one that says that the rest cannot be read. */
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

function streamNamed(text: string): string {
  if (Object.hasOwn(STREAMS, text)) return text
  throw new Failure(EXIT.usage, `'${text}' is no stream of a task: use stdout, stderr or both`)
}
