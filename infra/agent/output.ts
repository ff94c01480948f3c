/**
 * Output: reads what a process wrote and left in its directory, waiting for more while it runs.
 *
 * The files are the only truth: whether a process has ended is read from its status file, so output
 * can be read long after it ended, by a life of the agent that never knew it. Who waits is woken by
 * the kernel; between watching and waiting lies one more look, so that nothing is missed.
 */
import { type FSWatcher, existsSync, watch } from 'node:fs'
import { FOLLOW_WAIT_MS, type OutputEvent, type OutputRequest } from '../../actors/protocol/machine.js'
import type { FileRefusal } from '../../actors/protocol/files.js'
import type { Ref } from '../../runtime/address.js'
import { reasonOf } from '../disk/reason.js'
import { FileRefused, openWithin } from './confined.js'
import { listFiles } from './listing.js'
import { readStatus, taskDirectory } from './task-directory.js'

/** The most that one answer carries. */
export const OUTPUT_BYTES_MAX = 262_144
/** How many requests may be read or waited for at once. */
export const OUTPUT_REQUESTS_MAX = 1_024

const TOO_MANY = `${OUTPUT_REQUESTS_MAX} requests for output wait already`
const GONE = 'it has never begun, or what it left was removed some days after its end, or because the disk was short'

export interface OutputOptions {
  readonly workDir: string
  readonly tell: (to: Ref<OutputEvent>, event: OutputEvent) => void
  /** `FOLLOW_WAIT_MS` unless given. */
  readonly followWaitMs?: number
}

type Read = Extract<OutputRequest, { type: 'read' }>
type ListFiles = Extract<OutputRequest, { type: 'list-files' }>

interface Reader {
  readonly request: Read
  readonly directory: string
  /** `again`: something happened while it read, so what it saw may be old. */
  state: 'reading' | 'again' | 'waiting'
  ended: boolean
  timer?: NodeJS.Timeout
}

/** A watch on one file, shared by all who wait for it. */
interface Watched {
  readonly watcher: FSWatcher
  readonly readers: Set<Reader>
}

export const openOutput = (options: OutputOptions): Output => new Output(options)

export class Output {
  readonly #options: OutputOptions
  readonly #readers = new Map<string, Reader>()
  readonly #watched = new Map<string, Watched>()
  #listings = 0

  constructor(options: OutputOptions) {
    this.#options = options
  }

  /** Answers by `tell`, later. Never throws. */
  request(request: OutputRequest): void {
    switch (request.type) {
      case 'read': return this.#onRead(request)
      case 'list-files': return void this.#onList(request)
      case 'ended': return this.#onEnded(request.launchId)
      case 'abandon': return this.#forget(request.requestId)
    }
  }

  /** Leaves all requests without an answer. */
  close(): void {
    for (const requestId of [...this.#readers.keys()]) this.#forget(requestId)
  }

  #onRead(request: Read): void {
    const { requestId, offset, bytesMax } = request
    const directory = this.#directoryOf(request)
    const reason =
      directory === undefined ? `'${request.launchId}' is no launch id`
      : !Number.isSafeInteger(offset) || offset < 0 ? `${offset} is no offset: use a whole number from 0`
      : !Number.isSafeInteger(bytesMax) || bytesMax < 1
        ? `${bytesMax} bytes cannot be read: use a whole number from 1`
      : this.#readers.has(requestId) ? `request '${requestId}' is being answered already`
      : undefined
    const tooMany = this.#readers.size >= OUTPUT_REQUESTS_MAX
    if (directory === undefined || reason !== undefined || tooMany) {
      const refusal = reason === undefined ? 'too-many' : 'failed'
      return this.#options.tell(request.replyTo, {
        type: 'output-failed', requestId, refusal, reason: reason ?? TOO_MANY,
      })
    }
    const reader: Reader = { request, directory, state: 'reading', ended: false }
    this.#readers.set(requestId, reader)
    const waitMs = this.#options.followWaitMs ?? FOLLOW_WAIT_MS
    if (request.follow) reader.timer = setTimeout(() => this.#giveUp(reader), waitMs)
    void this.#read(reader)
  }

  #giveUp({ request: { requestId, offset, replyTo } }: Reader): void {
    this.#forget(requestId)
    const nothing = { data: new Uint8Array(0), end: false, size: offset }
    this.#options.tell(replyTo, { type: 'output', requestId, offset, ...nothing })
  }

  /** Undefined when the id could name something outside. */
  #directoryOf({ launchId }: Read | ListFiles): string | undefined {
    const { workDir } = this.#options
    return launchId === undefined ? `${workDir}/tasks` : taskDirectory(workDir, launchId)
  }

  async #onList(request: ListFiles): Promise<void> {
    const { requestId, replyTo, path, after, entriesMax } = request
    const root = this.#directoryOf(request)
    const { tell } = this.#options
    try {
      if (root === undefined) throw new FileRefused('missing', `'${request.launchId}' is no launch id`)
      if (this.#listings >= OUTPUT_REQUESTS_MAX) throw new FileRefused('too-many', TOO_MANY)
      this.#listings++
      const wish = { root, path, ...(after === undefined ? {} : { after }), entriesMax }
      const listing = await listFiles(wish).finally(() => this.#listings--)
      tell(replyTo, { type: 'listed', requestId, ...listing })
    } catch (error) {
      const refusal = error instanceof FileRefused ? error.refusal : 'failed'
      const isGone = refusal === 'missing' && root !== undefined && !existsSync(root)
      const problem = isGone ? `what '${request.launchId}' left is not on this agent: ${GONE}` : reasonOf(error)
      tell(replyTo, { type: 'listed', requestId, entries: [], refusal, problem })
    }
  }

  #onEnded(launchId: string): void {
    for (const reader of this.#readers.values()) {
      if (reader.request.launchId !== launchId) continue
      reader.ended = true
      this.#wake(reader)
    }
  }

  #wake(reader: Reader): void {
    if (reader.state !== 'waiting') {
      reader.state = 'again'
      return
    }
    reader.state = 'reading'
    void this.#read(reader)
  }

  async #read(reader: Reader): Promise<void> {
    const { requestId, offset, follow, replyTo } = reader.request
    try {
      do {
        reader.state = 'reading'
        // Looked at before the file, so that an end is never told while data may still come.
        const ended = reader.ended || readStatus(reader.directory)?.end !== undefined
        const { data, complete, size } = await this.#look(reader)
        if (!this.#readers.has(requestId)) return
        const isNew = size < offset && reader.request.orShorter === true
        if (data.length === 0 && follow && !ended && !isNew) {
          if (this.#watch(reader)) reader.state = 'again'
          continue
        }
        this.#forget(requestId)
        const end = ended && complete
        return this.#options.tell(replyTo, { type: 'output', requestId, offset, data, end, size })
      } while (this.#isStale(reader))
      reader.state = 'waiting'
    } catch (error) {
      if (!this.#readers.has(requestId)) return
      this.#forget(requestId)
      const refusal = error instanceof FileRefused ? error.refusal : 'failed'
      const reason = whyUnreadable(reader, error, refusal)
      this.#options.tell(replyTo, { type: 'output-failed', requestId, refusal, reason })
    }
  }

  #isStale(reader: Reader): boolean {
    return reader.state === 'again'
  }

  /** `complete`: the file ends with this data. */
  async #look({ request, directory }: Reader): Promise<{ data: Uint8Array; complete: boolean; size: number }> {
    const { path, offset, bytesMax } = request
    const file = await openWithin(directory, path, 'file')
    try {
      const { size } = await file.stat()
      const wanted = Math.min(bytesMax, OUTPUT_BYTES_MAX, Math.max(0, size - offset))
      if (wanted === 0) return { data: new Uint8Array(0), complete: true, size }
      const data = new Uint8Array(wanted)
      const { bytesRead } = await file.read(data, 0, wanted, offset)
      return { data: data.subarray(0, bytesRead), complete: offset + bytesRead >= size, size }
    } finally {
      await file.close()
    }
  }

  /** False when it watched already. What came before the watch has announced itself to nobody. */
  #watch(reader: Reader): boolean {
    const path = placeOf(reader)
    let watched = this.#watched.get(path)
    if (watched === undefined) {
      const readers = new Set<Reader>()
      const watcher = watch(path, () => {
        for (const waiting of [...readers]) this.#wake(waiting)
      })
      watcher.on('error', () => watcher.close())
      watched = { watcher, readers }
      this.#watched.set(path, watched)
    }
    if (watched.readers.has(reader)) return false
    watched.readers.add(reader)
    return true
  }

  #forget(requestId: string): void {
    const reader = this.#readers.get(requestId)
    if (reader === undefined) return
    clearTimeout(reader.timer)
    this.#readers.delete(requestId)
    const path = placeOf(reader)
    const watched = this.#watched.get(path)
    watched?.readers.delete(reader)
    if (watched === undefined || watched.readers.size > 0) return
    this.#watched.delete(path)
    watched.watcher.close()
  }
}

/** Watched only once it was found to be within. */
const placeOf = ({ directory, request: { path } }: Reader): string => `${directory}/${path}`

function whyUnreadable({ request, directory }: Reader, error: unknown, refusal: FileRefusal): string {
  const { launchId, path } = request
  if (refusal !== 'missing' || launchId === undefined) return reasonOf(error)
  if (existsSync(directory)) return `there is no ${path} of '${launchId}' on this agent`
  return `there is no ${path} of '${launchId}' on this agent any more: ${GONE}`
}
