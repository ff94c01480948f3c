/**
 * Framework faults: what `framework run` says when an author's code throws: one line with its place and
 * what follows from it. The stack, most of which is ours, comes only with `--verbose`, and so does what was said
 * just now: whatever is wrong with the code is wrong again when it starts anew.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger, LogLevel } from '../../runtime/logger.js'

const DECISIONS: Readonly<Record<string, string>> = {
  restart: 'it starts anew', escalate: 'that was once too often', stop: 'it is stopped',
}
/** Ours, Node's own, and what is in no file. */
const NOT_THE_AUTHORS = /\/\.build\/|node:|<anonymous>/

/** A framework that fails six times within this time is given up. */
const REPEATED_MS = 10_000

export class FrameworkFaults {
  /** Where the author's code threw last; the runtime, which hears of it next, cannot know whose is whose. */
  private place: string | undefined

  /** What was said in the last seconds, and when. */
  private readonly said = new Map<string, number>()

  constructor(
    private readonly logger: Logger, private readonly isVerbose: boolean, private readonly now = Date.now,
  ) {}

  /** Takes what the author's code threw, before the runtime does. */
  thrown(error: unknown): void {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error)
    this.place = placeIn(stack)
    if (this.isVerbose) this.logger.log('error', stack, {})
  }

  /** The node's logger, in words for its author: there is one actor here, and they know it. */
  readonly plain: Logger = {
    log: (level, text, { actor: _, ...fields }) => {
      if (text === 'an actor failed') return this.failed(level, fields)
      if (text === 'the node cannot go on' && !this.isVerbose) return
      this.logger.log(level, text, fields)
    },
  }

  private failed(level: LogLevel, { error, at, message, decision }: Readonly<Record<string, unknown>>): void {
    const place = this.place ?? placeIn(String(at))
    this.place = undefined
    const fault = `${place === undefined ? '' : `${place}: `}${String(error)}`
    if (!this.isNews(fault)) return
    const on = message === undefined ? '' : ` (on ${String(message)})`
    this.logger.log(level, `${fault}${on}; ${DECISIONS[String(decision)] ?? String(decision)}`, {})
  }

  private isNews(fault: string): boolean {
    const atMs = this.now()
    for (const [each, saidMs] of this.said) if (atMs - saidMs >= REPEATED_MS) this.said.delete(each)
    if (!this.isVerbose && this.said.has(fault)) return false
    this.said.set(fault, atMs)
    return true
  }
}

/** `FILE:LINE` of the first frame that is the author's. */
export function placeIn(stack: string): string | undefined {
  const frames = stack.split('\n').flatMap((line) => {
    const [, path, lineNumber] = /(?:at |\()?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(line.trim()) ?? []
    return path === undefined || NOT_THE_AUTHORS.test(line) ? [] : [{ path, lineNumber }]
  })
  const [first] = frames
  if (!first) return undefined
  const path = first.path.startsWith('file:') ? fileURLToPath(first.path) : first.path
  const near = relative(process.cwd(), path)
  return `${near.startsWith('..') ? path : near}:${first.lineNumber}`
}
