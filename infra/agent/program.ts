/**
 * Program: finds what a task asked to run, before anything is started for it.
 *
 * The shim could only answer with exit code 126 or 127, which a command may return as well. Looking
 * first gives the reason in words. It also gives the shim an absolute path, so that a command named
 * `echo` or `exit` is never taken for the shell's own.
 */
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { Program } from '../../actors/protocol/machine.js'
import { SHELL } from './shim.js'

const SHEBANG_BYTES_MAX = 256

export type Found = { readonly argv: readonly string[] } | { readonly reason: string }

/** Looks on `path` as a shell would, relative names with a slash from `cwd`. */
export function findProgram(program: Program, path: string, cwd: string): Found {
  if ('shell' in program) return { argv: [SHELL, '-c', program.shell] }
  const [name, ...rest] = program.argv
  if (name === undefined || name === '') return { reason: 'no command was given' }
  const file = name.includes('/') ? resolve(cwd, name) : findOnPath(name, path, cwd)
  if (file === undefined) return { reason: `command '${name}' was not found on PATH '${path}'` }
  const reason = whyNotExecutable(file)
  return reason === undefined ? { argv: [file, ...rest] } : { reason: `command '${name}' ${reason}` }
}

function findOnPath(name: string, path: string, cwd: string): string | undefined {
  const files = path.split(':').map((directory) => resolve(cwd, directory, name))
  return files.find((file) => isFile(file) && isExecutable(file)) ?? files.find(isFile)
}

function whyNotExecutable(file: string): string | undefined {
  if (!isFile(file)) return exists(file) ? 'is not a file' : 'was not found'
  if (!isExecutable(file)) return 'is not executable'
  const interpreter = interpreterOf(file)
  if (interpreter === undefined || isFile(interpreter)) return undefined
  return `needs the interpreter '${interpreter}', which was not found`
}

const isFile = (path: string): boolean => status(path)?.isFile() === true
const exists = (path: string): boolean => status(path) !== undefined

function status(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined // Behind a directory that may not be searched, or that is a file.
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function interpreterOf(file: string): string | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return undefined // Executable, but not readable: a binary may be both.
  }
  try {
    const start = Buffer.alloc(SHEBANG_BYTES_MAX)
    const line = start.toString('latin1', 0, readSync(descriptor, start)).split('\n', 1)[0] ?? ''
    const interpreter = /^#![ \t]*([^ \t]+)/.exec(line)?.[1]
    return interpreter !== undefined && isAbsolute(interpreter) ? interpreter : undefined
  } finally {
    closeSync(descriptor)
  }
}
