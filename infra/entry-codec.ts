/** Entry codec: declared messages as they stand in files and streams: their tag, and their packed body. */
import { registry } from '../actors/protocol/registry.js'
import { decode, encode } from './codec.js'

interface Entry {
  readonly type: string
}

/** Throws when `entry` was never declared, or is no plain data: a mistake in the source. */
export function packEntry(entry: Entry): Uint8Array {
  const declared = registry.byType(entry.type)
  const bytes = declared && encode([declared.tag, declared.body.pack(entry)])
  if (!bytes) throw new Error(`'${entry.type}' cannot be written down`)
  return bytes
}

/** Throws, saying why, when the bytes are no entry that this version knows. */
export function unpackEntry<E extends Entry>(bytes: Uint8Array): E {
  const decoded = decode(bytes)
  if (!decoded.ok) throw new Error(decoded.reason)
  const [tag, body] = decoded.items
  const declared = typeof tag === 'number' ? registry.byTag(tag) : undefined
  if (!declared) throw new Error(`an entry of unknown kind ${tag}: it was written by a newer Warren`)
  return { type: declared.type, ...declared.body.unpack(body) } as unknown as E
}
