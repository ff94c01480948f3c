/** Temporary: a directory for one test, removed after it, and pipes to wait for processes by. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Root is refused nothing. This is `nobody` on every Linux; it need not have a name. */
const ORDINARY_USER = 65_534

/** Does something as a user to whom permissions apply, and to whom belongs what is made meanwhile. */
export async function asOrdinaryUser(act: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return act()
  process.seteuid?.(ORDINARY_USER)
  try {
    await act()
  } finally {
    process.seteuid?.(0)
  }
}

/**
 * A named pipe, open for reading: `closed` resolves with what was written when the last process that
 * holds its other end is gone.
 */
export function pipeTo(directory: string, name: string): { path: string; closed: Promise<string> } {
  const path = join(directory, name)
  execFileSync('mkfifo', [path])
  return { path, closed: readFile(path, 'utf8') }
}
