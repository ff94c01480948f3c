/** Spill: one task's waiting output on disk. The file has no name: it goes when the process goes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutputPiece } from '../../actors/frameworks/batch-outputs.js'

type Kept = Omit<OutputPiece, 'data'> & { readonly offset: number; readonly bytes: number }

export class Spill {
  private readonly file: Promise<FileHandle> = openNameless()
  private kept: Kept[] = []
  private end = 0

  async write({ data, ...piece }: OutputPiece): Promise<void> {
    const offset = this.end
    this.end += data.length
    this.kept.push({ ...piece, offset, bytes: data.length })
    await (await this.file).write(data, 0, data.length, offset)
  }

  /** What has been written since the last time, in order. */
  async *pieces(): AsyncGenerator<OutputPiece> {
    const file = await this.file
    for (const { offset, bytes, ...piece } of this.kept.splice(0)) {
      const data = new Uint8Array(bytes)
      await file.read(data, 0, bytes, offset)
      yield { ...piece, data }
    }
  }

  async close(): Promise<void> {
    await (await this.file).close()
  }
}

async function openNameless(): Promise<FileHandle> {
  const directory = mkdtempSync(join(tmpdir(), 'warren-batch-'))
  try {
    return await open(join(directory, 'output'), 'wx+', 0o600)
  } finally {
    rmSync(directory, { recursive: true })
  }
}
