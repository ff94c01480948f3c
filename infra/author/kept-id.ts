/**
 * Kept id: a file that says which framework an earlier process was, so that a process that is started again is the
 * same framework and finds its tasks. It is forgotten when the framework ends in order.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import { isLegalId } from '../../runtime/schema.js'
import { AuthorError } from './author-error.js'

/** How long the tasks of a framework that can come back outlive its process, unless its author says otherwise. */
export const KEPT_FAILOVER_MS = 7 * 24 * 3_600_000

export class KeptId {
  private isSubscribed = false
  private known: { readonly cluster: string; readonly frameworkId: string } | undefined

  /** Throws an `AuthorError` for a file that is something else, which must not be written over. */
  constructor(private readonly file: string) {
    this.known = read(file)
  }

  /** An id of another cluster means nothing here. */
  of(cluster: string): FrameworkId | undefined {
    return this.known?.cluster === cluster ? this.known.frameworkId as FrameworkId : undefined
  }

  /** Whether a framework was to be resumed there, and never was in this process. */
  isRefused(cluster: string): boolean {
    return this.of(cluster) !== undefined && !this.isSubscribed
  }

  /** Kept whole or not at all: a process may be killed at any moment. */
  subscribed(frameworkId: FrameworkId, cluster: string): void {
    this.isSubscribed = true
    if (this.of(cluster) === frameworkId) return
    this.known = { cluster, frameworkId }
    mkdirSync(dirname(this.file), { recursive: true })
    const beside = `${this.file}.${process.pid}`
    writeFileSync(beside, `${JSON.stringify(this.known)}\n`, { mode: 0o600 })
    renameSync(beside, this.file)
  }

  forget(): void {
    this.known = undefined
    rmSync(this.file, { force: true })
  }
}

function read(file: string): { readonly cluster: string; readonly frameworkId: string } | undefined {
  try {
    const { cluster, frameworkId } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    if (typeof cluster === 'string' && typeof frameworkId === 'string' && isLegalId(frameworkId)) {
      return { cluster, frameworkId }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(error instanceof SyntaxError)) throw new AuthorError(`--keep ${file}: ${(error as Error).message}`)
  }
  throw new AuthorError(`--keep ${file}: it holds no framework's id; name a file of its own, that need not exist`)
}
