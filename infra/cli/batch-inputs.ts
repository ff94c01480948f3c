/**
 * Batch inputs: what a batch runs over, in slabs as they arrive, so that work begins before the last
 * input is known. Lines come from files or from standard input; files can be inputs themselves.
 */
import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { reasonOf } from '../disk/reason.js'
import { EXIT, Failure } from './failure.js'

export interface InputSource {
  /** Files of lines. */
  readonly files?: readonly string[]
  /** Files that are inputs. */
  readonly each?: readonly string[]
  /** Inputs end with a NUL instead of a line's end, as `find -print0` writes them. */
  readonly isNullSeparated: boolean
}

export interface Inputs {
  readonly slabs: AsyncIterable<readonly string[]>
  /** Stops waiting for more. */
  close(): void
}

/** Longer lines are a mistake: no command could take them. */
const LINE_CHARACTERS_MAX = 1_000_000

/** Throws a `Failure` that names the file when one cannot be read; nothing has begun then. */
export function openInputs({ files, each, isNullSeparated }: InputSource, stdin: Readable): Inputs {
  for (const [flag, paths] of [['--input', files ?? []], ['--each', each ?? []]] as const) {
    for (const path of paths) checkReadable(flag, path)
  }
  const open = new Set<Readable>()
  const separator = isNullSeparated ? '\0' : '\n'
  async function* slabs(): AsyncGenerator<readonly string[]> {
    if (each) yield each.map((path) => resolve(path))
    const streams = files ? files.map((path) => () => createReadStream(path)) : each ? [] : [() => stdin]
    for (const begin of streams) {
      const stream = begin()
      open.add(stream)
      yield* lines(stream, separator)
      open.delete(stream)
    }
  }
  return { slabs: slabs(), close: () => open.forEach((stream) => stream.destroy()) }
}

function checkReadable(flag: string, path: string): void {
  try {
    accessSync(path, constants.R_OK)
    if (statSync(path).isDirectory() && flag === '--input') throw new Error('it is a directory')
  } catch (error) {
    const reason = reasonOf(error)
    throw new Failure(EXIT.usage, `${flag}: '${path}' cannot be read: ${reason}; name files that are there`)
  }
}

/** Empty lines are no inputs; the last line needs no end. */
async function* lines(stream: Readable, separator: string): AsyncGenerator<readonly string[]> {
  let rest = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    const parts = (rest + String(chunk)).split(separator)
    rest = parts.pop() ?? ''
    if (rest.length > LINE_CHARACTERS_MAX) {
      const problem = `an input has more than ${LINE_CHARACTERS_MAX} characters; is it one input a line?`
      throw new Failure(EXIT.usage, problem)
    }
    const inputs = parts.filter((part) => part !== '')
    if (inputs.length > 0) yield inputs
  }
  if (rest !== '') yield [rest]
}
