/** Batch sheets: the places that a batch's output can go: our own streams, JSON Lines, or files. */
import { accessSync, constants, mkdirSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { StreamName } from '../../actors/frameworks/output-reading.js'
import type { OutputPiece } from '../../actors/frameworks/batch-outputs.js'
import type { BatchResult } from '../../actors/frameworks/batch-work.js'
import { reasonOf } from '../disk/reason.js'
import type { BatchOutput, Sheet } from './batch-output.js'
import { EXIT, Failure } from './failure.js'
import type { Outlet } from './outlet.js'

/** How much of each stream a task's JSON object holds; the rest is what `--output` is for. */
export const JSON_STREAM_BYTES_MAX = 65_536

/** As if each task had run here, one after the other. `before` is called before anything is written. */
export function plainSheet(out: Outlet, err: Outlet, before: () => void): Sheet {
  return {
    write: async ({ stream, data }) => {
      before()
      return (stream === 'stdout' ? out : err).write(data)
    },
    end: async () => true,
  }
}

/** One object for each task, with what it wrote when there is a reader for that. */
export function jsonSheet(out: Outlet, before: () => void): Sheet {
  let written: Record<StreamName, Uint8Array[]> = { stdout: [], stderr: [] }
  let bytes = { stdout: 0, stderr: 0 }
  return {
    async write({ stream, data }) {
      const room = Math.max(0, JSON_STREAM_BYTES_MAX - bytes[stream])
      if (room > 0) written[stream].push(data.subarray(0, room))
      bytes[stream] += data.length
      return true
    },
    async end(result) {
      const textOf = (stream: StreamName) => Buffer.concat(written[stream]).toString()
      const texts = { stdout: textOf('stdout'), stderr: textOf('stderr') }
      const isCut = Math.max(bytes.stdout, bytes.stderr) > JSON_STREAM_BYTES_MAX
      written = { stdout: [], stderr: [] }
      bytes = { stdout: 0, stderr: 0 }
      before()
      return out.write(`${JSON.stringify({ ...jsonOf(result), ...texts, ...(isCut ? { isCut } : {}) })}\n`)
    },
  }
}

export function jsonOf(result: BatchResult): object {
  const { index: _, isOk: __, text, outputProblem, ...rest } = result
  return {
    event: 'task', ...rest, ...(text === undefined ? {} : { message: text }),
    ...(outputProblem === undefined ? {} : { outputProblem }),
  }
}

/** `17.stdout` and `17.stderr` of the 17th input; a stream without a byte has no file. */
export class FileOutput implements BatchOutput {
  private readonly files = new Map<string, Promise<FileHandle>>()

  /** @param report what else to do with a result */
  constructor(
    private readonly directory: string, private readonly report: (result: BatchResult) => Promise<boolean>,
  ) {
    try {
      mkdirSync(directory, { recursive: true })
      accessSync(directory, constants.W_OK | constants.X_OK)
    } catch (error) {
      const problem = `--output: '${directory}' cannot be written: ${reasonOf(error)}; name another directory`
      throw new Failure(EXIT.configuration, problem)
    }
  }

  async piece({ index, stream, data }: OutputPiece): Promise<boolean> {
    const name = `${index}.${stream}`
    const file = this.files.get(name) ?? open(join(this.directory, name), 'w')
    this.files.set(name, file)
    await (await file).appendFile(data)
    return true
  }

  async ended(result: BatchResult): Promise<boolean> {
    for (const stream of ['stdout', 'stderr']) {
      const name = `${result.index}.${stream}`
      const file = this.files.get(name)
      this.files.delete(name)
      await (await file)?.close()
    }
    return this.report(result)
  }

  async close(): Promise<void> {
    for (const file of this.files.values()) await (await file).close()
    this.files.clear()
  }
}
