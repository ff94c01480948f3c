/**
 * Listing: what a directory of a task holds, in the order of the names, a page at a time. However many entries
 * there are, only those of the page are kept and looked at.
 */
import { lstat, opendir, readlink } from 'node:fs/promises'
import { FILE_NAME_CHARACTERS_MAX, FILES_LISTED_MAX, type FileEntry } from '../../actors/protocol/files.js'
import { FileRefused, openWithin } from './confined.js'

/** Nobody looks through more, and reading them would keep the disk busy. */
export const DIRECTORY_ENTRIES_MAX = 200_000
const READ_AT_ONCE = 1_024

export interface ListingWish {
  /** The directory that may not be left. */
  readonly root: string
  readonly path: string
  readonly after?: string
  readonly entriesMax: number
  /** `DIRECTORY_ENTRIES_MAX` unless given. */
  readonly scannedMax?: number
}

export interface Listing {
  readonly entries: readonly FileEntry[]
  readonly next?: string
}

/** Throws a `FileRefused`. */
export async function listFiles({ root, path, after, entriesMax, scannedMax }: ListingWish): Promise<Listing> {
  const wanted = Math.min(Math.max(1, entriesMax), FILES_LISTED_MAX)
  const directory = await openWithin(root, path, 'directory')
  try {
    // By its descriptor, so that it is still the one that was found to be within.
    const place = `/proc/self/fd/${directory.fd}`
    const names = await firstNames(place, path, after, wanted + 1, scannedMax ?? DIRECTORY_ENTRIES_MAX)
    const shown = names.slice(0, wanted)
    const entries = await Promise.all(shown.map((name) => entryOf(place, name)))
    const last = shown.at(-1)
    const next = names.length > wanted && last !== undefined ? { next: last } : {}
    return { entries, ...next }
  } finally {
    await directory.close()
  }
}

/** The first `count` names after `after`; never many more than these are held. */
async function firstNames(
  place: string, path: string, after: string | undefined, count: number, scannedMax: number,
): Promise<readonly string[]> {
  let names: string[] = []
  let scanned = 0
  for await (const { name } of await opendir(place, { bufferSize: READ_AT_ONCE })) {
    if (++scanned > scannedMax) throw new FileRefused('too-large', `'${path}' has more than ${scannedMax} entries`)
    if (after !== undefined && name <= after) continue
    names.push(name)
    if (names.length >= count + READ_AT_ONCE) names = names.sort().slice(0, count)
  }
  return names.sort().slice(0, count)
}

/** One that has gone meanwhile, or has no name that could be said, is still listed. */
async function entryOf(place: string, name: string): Promise<FileEntry> {
  const stat = await lstat(`${place}/${name}`).catch(() => undefined)
  if (!stat) return { name, kind: 'other', size: 0, modifiedMs: 0 }
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'directory' : stat.isSymbolicLink() ? 'link' : 'other'
  const modifiedMs = Math.max(0, Math.floor(stat.mtimeMs))
  const entry = { name, kind, size: stat.size, modifiedMs } as const
  if (kind !== 'link') return entry
  const target = await readlink(`${place}/${name}`).catch(() => '')
  return { ...entry, target: target.slice(0, FILE_NAME_CHARACTERS_MAX) }
}
