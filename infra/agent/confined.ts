/**
 * Confined: opens what lies within a directory, and nothing else.
 *
 * A task owns its directory and may change it at any moment: put a link in the place of a file, or move a
 * directory away between a look and the opening. So the path is resolved first, and what was opened is asked
 * once more where it lies: the kernel knows that of the descriptor itself, which nobody can exchange.
 */
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import { PATH_CHARACTERS_MAX, type FileRefusal } from '../../actors/protocol/files.js'
import { codeOf, reasonOf } from '../disk/reason.js'

/** Why it is not opened, in a word for programs and a sentence for people. */
export class FileRefused extends Error {
  constructor(readonly refusal: FileRefusal, message: string) {
    super(message)
  }
}

/** @param path within `root`; empty for itself. Throws a `FileRefused`. */
export async function openWithin(root: string, path: string, kind: 'file' | 'directory'): Promise<FileHandle> {
  const parts = partsOf(path)
  const home = await resolved(root, path)
  const place = await resolved([home, ...parts].join('/'), path)
  if (!isWithin(home, place)) throw outside(path)
  await checkKind(place, path, kind)
  // Whatever has taken its place since: a pipe would not let go of who opens it, and a link lead elsewhere.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(place, kind === 'directory' ? flags | constants.O_DIRECTORY : flags)
    .catch((error: unknown) => { throw unreadable(path, error) })
  try {
    if (!isWithin(home, await readlink(`/proc/self/fd/${file.fd}`))) throw outside(path)
    const stat = await file.stat()
    if (!(kind === 'file' ? stat.isFile() : stat.isDirectory())) throw notOf(path, kind)
    return file
  } catch (error) {
    await file.close()
    throw error instanceof FileRefused ? error : unreadable(path, error)
  }
}

/** What the path says by itself. Throws a `FileRefused`. */
export function partsOf(path: string): readonly string[] {
  if (path.length > PATH_CHARACTERS_MAX) {
    throw new FileRefused('missing', `no path is longer than ${PATH_CHARACTERS_MAX} characters`)
  }
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (path.startsWith('/') || path.includes('\0') || parts.includes('..')) throw outside(path)
  return parts
}

const isWithin = (home: string, place: string): boolean => place === home || place.startsWith(`${home}/`)

const resolved = (place: string, path: string): Promise<string> =>
  realpath(place).catch((error: unknown) => { throw unreadable(path, error) })

async function checkKind(place: string, path: string, kind: 'file' | 'directory'): Promise<void> {
  const stat = await lstat(place).catch((error: unknown) => { throw unreadable(path, error) })
  if (!(kind === 'file' ? stat.isFile() : stat.isDirectory())) throw notOf(path, kind)
}

const outside = (path: string): FileRefused =>
  new FileRefused('outside', `'${path}' leads out of the directory that may be read`)

const notOf = (path: string, kind: 'file' | 'directory'): FileRefused =>
  kind === 'file' ? new FileRefused('not-a-file', `'${path}' is no file`)
    : new FileRefused('not-a-directory', `'${path}' is no directory`)

function unreadable(path: string, error: unknown): FileRefused {
  const code = codeOf(error)
  if (code === 'ENOENT') return new FileRefused('missing', path === '' ? 'it is not there' : `there is no '${path}'`)
  if (code === 'ENOTDIR') return new FileRefused('missing', `there is no '${path}': a file is in its way`)
  return new FileRefused('failed', `'${path}' cannot be read: ${reasonOf(error)}`)
}
