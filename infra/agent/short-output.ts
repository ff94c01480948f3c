/**
 * Short output: all that an ended process has written, when that is little. It goes along with the end of
 * the task, which spares the four messages and the opened file of a question for each stream.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { UPDATE_OUTPUT_BYTES_MAX, type TaskOutput } from '../../actors/protocol/task.js'

/** Undefined when both streams together are longer than `bytesMax`, or unreadable: then one asks. */
export function readShortOutput(directory: string, bytesMax: number): TaskOutput | undefined {
  const most = Math.min(bytesMax, UPDATE_OUTPUT_BYTES_MAX)
  if (most <= 0) return undefined
  const stdout = readShort(`${directory}/stdout`, most)
  const stderr = stdout && readShort(`${directory}/stderr`, most - stdout.length)
  return stderr && { stdout, stderr }
}

function readShort(path: string, bytesMax: number): Uint8Array | undefined {
  let descriptor: number | undefined
  try {
    // A task owns its files and could put a link or a pipe in their place.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stat = fstatSync(descriptor)
    if (!stat.isFile() || stat.size > bytesMax) return undefined
    const data = new Uint8Array(stat.size)
    return data.subarray(0, readSync(descriptor, data, 0, stat.size, 0))
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
