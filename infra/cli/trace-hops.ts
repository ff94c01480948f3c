/** Trace hops: the hops that a command is about: of one trace that the master knows, or of a recording. */
import type { HopJson, HopRecord } from '../trace/hop-record.js'
import { NoTraceFile, readTraceFile } from '../trace/trace-file.js'
import { ambiguityOf, isMeant } from '../trace/trace-id.js'
import type { Call } from './command.js'
import { EXIT, Failure } from './failure.js'
import { clientOf, segment } from './http-client.js'

/** More are not held in memory at once. */
export const RECORDING_HOPS_MAX = 1_000_000

/** Throws a `Failure` when there are none. */
export async function hopsOf(trace: string | undefined, options: Call['options']): Promise<readonly HopRecord[]> {
  const file = options['file'] as string | undefined
  if (file !== undefined) return trace === undefined ? hopsOfFile(file) : oneOfFile(file, trace)
  if (trace === undefined) {
    throw new Failure(EXIT.usage, 'name a trace, as `warren trace tail` shows them, or a recording with --file')
  }
  const { hops } = await clientOf(options).get<{ readonly hops: readonly HopJson[] }>(`/v1/traces/${segment(trace)}`)
  return hops
}

async function oneOfFile(file: string, trace: string): Promise<readonly HopRecord[]> {
  const hops = await hopsOfFile(file, (hop) => isMeant(hop.trace, trace))
  const ambiguity = ambiguityOf(trace, [...new Set(hops.map((hop) => hop.trace))])
  if (ambiguity !== undefined) throw new Failure(EXIT.usage, ambiguity)
  return hops
}

export async function hopsOfFile(
  file: string, isWanted: (hop: HopRecord) => boolean = () => true,
): Promise<readonly HopRecord[]> {
  const hops: HopRecord[] = []
  try {
    for await (const { records } of readTraceFile(file)) {
      for (const record of records) if (isWanted(record)) hops.push(record)
      if (hops.length > RECORDING_HOPS_MAX) {
        throw new Failure(EXIT.usage, `'${file}' holds more than ${RECORDING_HOPS_MAX} of these hops: name one trace`)
      }
    }
  } catch (error) {
    if (error instanceof NoTraceFile) throw new Failure(EXIT.usage, error.message)
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new Failure(EXIT.notFound, `there is no file '${file}'`)
    if (code !== undefined) throw new Failure(EXIT.failed, `'${file}' cannot be read: ${(error as Error).message}`)
    throw error
  }
  if (hops.length === 0) throw new Failure(EXIT.notFound, `there are no such hops in '${file}'`)
  return hops
}
