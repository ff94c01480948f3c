/** Output stream: reads a task's output as JSON Lines, piece by piece. */
import { address } from './masters.js'

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

interface Line extends OutputPiece {
  readonly error?: { readonly message: string }
}

/** Resolves when there will be no more: with what broke it off, if something did. */
export async function followOutput(
  launch: string,
  stream: 'both' | 'stdout' | 'stderr',
  signal: AbortSignal,
  heard: (piece: OutputPiece) => void,
): Promise<string | undefined> {
  const path = `/v1/tasks/${encodeURIComponent(launch)}/logs?follow=1&stream=${stream}`
  const response = await fetch(address(path), { headers: { accept: 'application/x-ndjson' }, signal })
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => undefined)) as { error?: { message: string } } | undefined
    return body?.error?.message ?? `the output cannot be read (status ${response.status})`
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return undefined
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter((each) => each !== '')) {
      const { error, ...piece } = JSON.parse(line) as Line
      if (error) return error.message
      heard(piece)
    }
  }
}
