/**
 * Changes: says when one of some files was written.
 *
 * It watches their directories, because editors replace files instead of writing them; several writes
 * in quick succession count as one.
 */
import { watch, type FSWatcher } from 'node:fs'
import { dirname, resolve } from 'node:path'

const SETTLE_MS = 80

export class Changes {
  private readonly watchers = new Map<string, FSWatcher>()
  private files: ReadonlySet<string> = new Set()
  private changed: string | undefined
  private waiting: ((file: string) => void) | undefined
  private timer: NodeJS.Timeout | undefined

  /** From now on these files, by absolute path, and no others. */
  follow(files: readonly string[]): void {
    this.files = new Set(files)
    const directories = new Set(files.map((file) => dirname(file)))
    for (const [directory, watcher] of this.watchers) {
      if (directories.has(directory)) continue
      watcher.close()
      this.watchers.delete(directory)
    }
    for (const directory of directories) if (!this.watchers.has(directory)) this.open(directory)
  }

  /** The next file that changes; at once when one has since the last call. */
  next(): Promise<string> {
    return new Promise((resolve) => {
      this.waiting = resolve
      this.tell()
    })
  }

  close(): void {
    clearTimeout(this.timer)
    for (const watcher of this.watchers.values()) watcher.close()
    this.watchers.clear()
  }

  private open(directory: string): void {
    const watcher = watch(directory, (_event, name) => {
      if (name !== null) this.noticed(resolve(directory, name))
    })
    // A directory that is removed takes its files with it; there is nothing left to notice.
    watcher.on('error', () => watcher.close())
    this.watchers.set(directory, watcher)
  }

  private noticed(file: string): void {
    if (!this.files.has(file)) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.changed = file
      this.tell()
    }, SETTLE_MS)
  }

  private tell(): void {
    const { changed, waiting } = this
    if (changed === undefined || waiting === undefined) return
    this.changed = undefined
    this.waiting = undefined
    waiting(changed)
  }
}
