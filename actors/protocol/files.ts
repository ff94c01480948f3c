/** Files: what a directory of a task holds, and why it or a file of it is not shown. */
import { natural, oneOf, optional, record, text, type Infer } from '../../runtime/schema.js'

/** What a path may be long; the kernel takes no longer one either. */
export const PATH_CHARACTERS_MAX = 4_096
export const FILE_NAME_CHARACTERS_MAX = 255
/** The most that one answer names. */
export const FILES_LISTED_MAX = 500

/**
 * `outside` leads out of what may be read: by `..`, from the root, or over a link. `too-large` is a directory
 * of more entries than anybody looks through.
 */
export const fileRefusal =
  oneOf('outside', 'missing', 'not-a-file', 'not-a-directory', 'too-large', 'too-many', 'failed')
export type FileRefusal = Infer<typeof fileRefusal>

export const fileEntry = record({
  /** Bytes that are no UTF-8 are replaced in it; such a file can be seen and not be opened. */
  name: text(FILE_NAME_CHARACTERS_MAX),
  kind: oneOf('file', 'directory', 'link', 'other'),
  size: natural,
  /** Since 1970. */
  modifiedMs: natural,
  /** Of a link: where it says that it leads. */
  target: optional(text(FILE_NAME_CHARACTERS_MAX)),
})
export type FileEntry = Infer<typeof fileEntry>
