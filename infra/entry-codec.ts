/**
 * Entry codec: declared messages as they stand in files and streams: their tag, and their packed body.
 *
 * What is written once is read by every later life, and one entry that cannot be read makes all behind it unreadable.
 * So nothing is written that would not be read. Entries may be as long as a frame on disk holds, and need not keep to
 * what a peer's frame may be: only masters write their log, and only an agent its journal.
 */
import { registry } from '../actors/protocol/registry.js'
import { decode, encode } from './codec.js'
import { RECORD_BYTES_MAX } from './disk/frames.js'
import { reasonOf } from './disk/reason.js'

interface Entry {
  readonly type: string
}

/** Throws, saying why, what could not be read again; and what was never declared: a mistake in the source. */
export function packEntry(entry: Entry): Uint8Array {
  const declared = registry.byType(entry.type)
  if (!declared) throw new Error(`'${entry.type}' cannot be written down`)
  const body = declared.body.pack(entry)
  try {
    declared.body.unpack(body)
  } catch (error) {
    throw new Error(`'${entry.type}' could not be read again: ${reasonOf(error)}`)
  }
  const bytes = encode([declared.tag, body])
  if (!bytes) throw new Error(`'${entry.type}' cannot be written down`)
  if (bytes.length > RECORD_BYTES_MAX) {
    throw new Error(`'${entry.type}' of ${bytes.length} bytes could not be read again; at most ${RECORD_BYTES_MAX} are`)
  }
  return bytes
}

/** Throws, saying why, when the bytes are no entry that this version knows. */
export function unpackEntry<E extends Entry>(bytes: Uint8Array): E {
  const decoded = decode(bytes, RECORD_BYTES_MAX)
  if (!decoded.ok) throw new Error(decoded.reason)
  const [tag, body] = decoded.items
  const declared = typeof tag === 'number' ? registry.byTag(tag) : undefined
  if (!declared) throw new Error(`an entry of unknown kind ${tag}: it was written by a newer Warren`)
  return { type: declared.type, ...declared.body.unpack(body) } as unknown as E
}
