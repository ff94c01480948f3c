/** File view: how files are told over HTTP. */
import type { FileEntry } from '../../actors/protocol/files.js'

/** The answer to a question about a directory. */
export interface FilesAnswer {
  readonly schemaVersion: number
  readonly path: string
  readonly files: readonly FileView[]
  readonly next?: string
}

export interface FileView extends Omit<FileEntry, 'modifiedMs'> {
  readonly modifiedAt: string
}

/** One line of a file that is read as JSON Lines. */
export interface FilePart {
  readonly offset: number
  /** How many there are; a character that they cut in two comes with the next part. */
  readonly bytes: number
  /** What is no UTF-8 is replaced in it. */
  readonly text: string
}
