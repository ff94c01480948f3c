/** Output stream: reads a task's output, piece by piece. */
import { followLines } from './json-lines.js'

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** Resolves when there will be no more: with what broke it off, if something did. */
export const followOutput = (
  launch: string,
  stream: 'both' | 'stdout' | 'stderr',
  signal: AbortSignal,
  heard: (piece: OutputPiece) => void,
): Promise<string | undefined> =>
  followLines(`/v1/tasks/${encodeURIComponent(launch)}/logs?follow=1&stream=${stream}`, signal, heard)
