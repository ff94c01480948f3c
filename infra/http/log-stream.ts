/**
 * Log stream: what a task has written and, when it is followed, what it goes on to write, piece by piece
 * as the agent answers.
 */
import { StringDecoder } from 'node:string_decoder'
import type { TaskView } from '../../actors/protocol/operator.js'
import { piecesOf } from './pieces.js'
import type { Questions } from './questions.js'
import { Refusal, refusalLine } from './refusal.js'

export type StreamName = 'stdout' | 'stderr'

export interface LogWish {
  readonly task: TaskView
  readonly streams: readonly StreamName[]
  readonly offset: number
  readonly follow: boolean
  /** Aborted when nobody listens any more. */
  readonly hungUp: AbortSignal
}

export interface Piece {
  readonly stream: StreamName
  readonly offset: number
  /** Empty where nothing was written for long. */
  readonly data: Uint8Array
}

/**
 * Resolves once the first pieces are there, so that what cannot be read is refused before an answer has
 * begun; throws a `Refusal` for it, later, too.
 */
export async function openLog(questions: Questions, wish: LogWish): Promise<AsyncGenerator<Piece>> {
  const sources = wish.streams.map((stream) => streamOf(questions, wish, stream))
  const first = await Promise.all(sources.map((source) => source.next()))
  return merged(sources, first)
}

async function* streamOf(questions: Questions, wish: LogWish, stream: StreamName): AsyncGenerator<Piece> {
  const { task, offset, follow, hungUp } = wish
  const pieces = piecesOf({
    read: (piece, timeoutMs) => questions.read({ task, stream, ...piece }, timeoutMs),
    refusal: (problem) => problemOf(task, problem), offset, follow, hungUp,
  })
  for await (const piece of pieces) yield { stream, ...piece }
}

/** One source's piece is asked for when its last one was taken: whoever reads slowly is not flooded. */
async function* merged(
  sources: readonly AsyncGenerator<Piece>[], first: readonly IteratorResult<Piece>[],
): AsyncGenerator<Piece> {
  type Arrival = () => readonly [index: number, result: IteratorResult<Piece>]
  const arrived: Arrival[] = first.map((result, index) => () => [index, result])
  let wake = () => {}
  const arrive = (arrival: Arrival) => {
    arrived.push(arrival)
    wake()
  }
  for (let open = sources.length; open > 0;) {
    const arrival = arrived.shift()
    if (!arrival) {
      await new Promise<void>((resolve) => { wake = resolve })
      continue
    }
    const [index, result] = arrival()
    if (result.done) {
      open--
      continue
    }
    yield result.value
    sources[index]?.next().then(
      (next) => arrive(() => [index, next]),
      (error: unknown) => arrive(() => { throw error }),
    )
  }
}

/** Bytes as they are. */
export async function* asPlain(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array> {
  for await (const { data } of pieces) if (data.length > 0) yield data
}

/** JSON Lines `{stream, text}`; what breaks it off is its last line, `{error}`. */
export async function* asLines(pieces: AsyncIterable<Piece>): AsyncGenerator<string> {
  // A character may be cut in two by the end of a piece.
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  const line = (stream: StreamName, text: string) =>
    (text === '' ? '' : `${JSON.stringify({ stream, text })}\n`)
  try {
    for await (const { stream, data } of pieces) {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
      const text = line(stream, decoders[stream].write(bytes))
      if (text !== '') yield text
    }
    const rest = line('stdout', decoders.stdout.end()) + line('stderr', decoders.stderr.end())
    if (rest !== '') yield rest
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    yield refusalLine(error)
  }
}

const problemOf = ({ id }: TaskView, problem: string): Refusal =>
  new Refusal('unavailable', `the output of task '${id}' cannot be read: ${problem}`)
