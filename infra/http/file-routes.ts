/**
 * File routes: what tasks have left in their directories, listed and read where it lies. What is read was
 * written by a task, so no browser may take it for a page of this interface: it is text, or a download.
 */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { FILES_LISTED_MAX, type FileEntry, type FileRefusal } from '../../actors/protocol/files.js'
import type { AgentId, LaunchId } from '../../actors/protocol/ids.js'
import type { OperatorLook } from '../../actors/protocol/look.js'
import { partLines } from './file-lines.js'
import type { FilesAnswer, FileView } from './file-view.js'
import { find, findTask } from './identity.js'
import { asBase64 } from './base64-lines.js'
import { allow, encodingOf, flagOf, naturalOf, textOf, type Query } from './listing.js'
import { piecesOf, READ_TIMEOUT_MS, type Part, type PieceWish } from './pieces.js'
import type { Questions } from './questions.js'
import { LAUNCH_HEADER, Refusal, SCHEMA_VERSION, type RefusalCode } from './refusal.js'

/** Files read over HTTP at once. */
export const FILE_STREAMS_MAX = 256
/** A task can give its files any date; JavaScript has none after this. */
const DATE_MAX_MS = 8_640_000_000_000_000
/** Where in its directory a task's command begins. */
const SANDBOX = 'sandbox'
const NDJSON = 'application/x-ndjson'

export const FILE_ADDRESSES = {
  'GET /v1/tasks/ID/files': 'what the directory of a task holds, with path, limit and after',
  'GET /v1/tasks/ID/file': 'a file of a task, with path, offset or tail, bytes, follow, encoding and download',
  'GET /v1/agents/ID/files': 'the same of all launches of an agent; also /v1/agents/ID/file',
}

interface WithId {
  readonly Params: { readonly id: string }
}
type Asked<T extends OperatorLook['type']> = Extract<OperatorLook, { type: T }>

/** Whose files: a launch's, or all of an agent's. */
interface Place {
  readonly agentId: AgentId
  readonly launchId?: LaunchId
  /** As it is called by whoever asks. */
  readonly task?: string | undefined
}

export function addFiles(app: FastifyInstance, questions: Questions): void {
  const places: Readonly<Record<string, (id: string) => Promise<Place>>> = {
    async tasks(id) {
      const { agent, launch } = findTask(id, await questions.list('tasks'))
      return { agentId: agent, launchId: launch, task: id }
    },
    agents: async (id) => ({ agentId: find('agent', id, await questions.list('agents')).id }),
  }
  let open = 0
  for (const [nouns, placeOf] of Object.entries(places)) {
    app.get<WithId>(`/v1/${nouns}/:id/files`, async ({ params, query }) => {
      allow(query as Query, ['path', 'limit', 'after'])
      return list(questions, await placeOf(params.id), query as Query)
    })
    app.get<WithId>(`/v1/${nouns}/:id/file`, async (request, reply) => {
      allow(request.query as Query, ['path', 'offset', 'tail', 'bytes', 'follow', 'encoding', 'download'])
      if (open >= FILE_STREAMS_MAX) {
        throw new Refusal('too-many', `${FILE_STREAMS_MAX} files are being read already; wait for one to end`)
      }
      open++
      reply.raw.once('close', () => open--)
      return send(questions, await placeOf(request.params.id), request, reply)
    })
  }
}

async function list(questions: Questions, { task, ...place }: Place, query: Query): Promise<FilesAnswer> {
  const path = textOf(query, 'path') ?? ''
  const after = textOf(query, 'after')
  const entriesMax = naturalOf(query, 'limit', FILES_LISTED_MAX, FILES_LISTED_MAX)
  const page = { path, entriesMax, ...(after === undefined ? {} : { after }) }
  const answer = await questions.look<Asked<'operator-list-files'>>(
    { type: 'operator-list-files', ...place, ...page }, READ_TIMEOUT_MS,
  )
  if (answer === undefined) throw refusalOf('its agent does not answer')
  if (answer.problem !== undefined) throw refusalIn({ task, ...place }, path, answer.problem, answer.refusal)
  const files = answer.entries.map(viewOf)
  return { schemaVersion: SCHEMA_VERSION, path, files, ...(answer.next === undefined ? {} : { next: answer.next }) }
}

const viewOf = ({ modifiedMs, ...entry }: FileEntry): FileView =>
  ({ ...entry, modifiedAt: new Date(Math.min(modifiedMs, DATE_MAX_MS)).toISOString() })

async function send(
  questions: Questions, { task, ...place }: Place, { query, headers }: FastifyRequest, reply: FastifyReply,
): Promise<FastifyReply> {
  const hungUp = new AbortController()
  reply.raw.once('close', () => hungUp.abort())
  const { path, follow, download, isExact, ...wish } = fileWish(query as Query)
  const read = (piece: PieceWish, timeoutMs: number) =>
    questions.look<Asked<'operator-read-file'>>({ type: 'operator-read-file', ...place, path, ...piece }, timeoutMs)
  // What cannot be read is refused before an answer has begun.
  const first = await read({ offset: 0, bytesMax: 1, follow: false }, READ_TIMEOUT_MS)
  if (first === undefined) throw refusalOf('its agent does not answer')
  if (first.problem !== undefined) throw refusalIn({ task, ...place }, path, first.problem, first.refusal)
  const { size = 0 } = first
  // Who goes on from beyond its end has read one that was written anew meanwhile.
  const wished = isExact && wish.offset > size ? 0 : wish.offset
  const offset = wish.tail === undefined ? wished : Math.max(0, size - wish.tail)
  const parts = piecesOf({
    read, refusal: (problem, answer) => refusalOf(problem, answer?.refusal), offset, follow, mayShrink: true,
    hungUp: hungUp.signal, ...(wish.bytesMax === undefined ? {} : { bytesMax: wish.bytesMax }),
  })
  const isLines = isExact || headers.accept?.includes(NDJSON) === true
  reply.header('cache-control', 'no-store').header('x-warren-size', size).header('x-warren-offset', offset)
  if (place.launchId !== undefined) reply.header(LAUNCH_HEADER, place.launchId)
  reply.header('x-content-type-options', 'nosniff').header('content-security-policy', "default-src 'none'; sandbox")
  if (download) reply.header('content-disposition', `attachment; filename*=UTF-8''${nameFor(path)}`)
  const plain = download ? 'application/octet-stream' : 'text/plain; charset=utf-8'
  reply.type(isLines ? `${NDJSON}; charset=utf-8` : plain)
  // The answer begins now, not with what a quiet task may write in an hour.
  reply.raw.once('pipe', () => reply.raw.flushHeaders())
  const chunks = isExact ? asBase64(parts) : isLines ? partLines(parts) : bytesOf(parts)
  return reply.send(Readable.from(chunks, { objectMode: false }))
}

function fileWish(query: Query) {
  const path = textOf(query, 'path') ?? ''
  const [tail, bytesMax] = ['tail', 'bytes'].map((name) =>
    textOf(query, name) === undefined ? undefined : naturalOf(query, name, 0))
  if (tail !== undefined && textOf(query, 'offset') !== undefined) {
    throw new Refusal('bad-request', 'tail counts from the end and offset from the beginning: give one of them')
  }
  const [follow, download] = [flagOf(query, 'follow'), flagOf(query, 'download')]
  const isExact = encodingOf(query) === 'base64'
  return { path, offset: naturalOf(query, 'offset', 0), tail, bytesMax, follow, isExact, download }
}

const CODES: Readonly<Record<FileRefusal, RefusalCode>> = {
  outside: 'outside', missing: 'not-found', 'not-a-file': 'bad-request', 'not-a-directory': 'bad-request',
  'too-large': 'too-many', 'too-many': 'too-many', failed: 'unavailable',
}

const refusalOf = (problem: string, refusal: FileRefusal = 'failed'): Refusal => new Refusal(CODES[refusal], problem)

/** What a task has left lies mostly in its sandbox, which whoever forgets that is told. */
function refusalIn({ task, launchId }: Place, path: string, problem: string, refusal?: FileRefusal): Refusal {
  if (task === undefined || refusal !== 'missing') return refusalOf(problem, refusal)
  const told = problem.replace(`of '${launchId}'`, `of task '${task}'`)
  if (told.includes('any more')) return refusalOf(told, refusal)
  const isWithin = path === SANDBOX || path.startsWith(`${SANDBOX}/`)
  const instead = isWithin || path === '' ? '' : `its command began in ${SANDBOX}/: try ${SANDBOX}/${path}, or `
  return refusalOf(`${told}; ${instead}see \`warren task files ${task}${isWithin ? ` ${SANDBOX}` : ''}\``, refusal)
}

/** As a header may say it (RFC 8187). */
const nameFor = (path: string): string =>
  encodeURIComponent(path.split('/').at(-1) ?? '').replace(/['()*]/g, (sign) =>
    `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

async function* bytesOf(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  for await (const { data } of parts) if (data.length > 0) yield data
}
