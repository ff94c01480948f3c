/**
 * Framework faults: what `framework run` says when an author's code throws: one line with its place and
 * what follows from it. The stack, most of which is ours, comes only with `--verbose`.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../../runtime/logger.js'

const DECISIONS: Readonly<Record<string, string>> = {
  restart: 'it starts anew', escalate: 'that was once too often', stop: 'it is stopped',
}
/** Ours, Node's own, and what is in no file. */
const NOT_THE_AUTHORS = /\/\.build\/|node:|<anonymous>/

export class FrameworkFaults {
  /** Where the author's code threw last; the runtime, which hears of it next, cannot know whose is whose. */
  private place: string | undefined

  constructor(private readonly logger: Logger, private readonly isVerbose: boolean) {}

  /** Takes what the author's code threw, before the runtime does. */
  thrown(error: unknown): void {
    const stack = error instanceof Error ? error.stack ?? error.message : String(error)
    this.place = placeIn(stack)
    if (this.isVerbose) this.logger.log('error', stack, {})
  }

  /** The node's logger, in words for its author: there is one actor here, and they know it. */
  readonly plain: Logger = {
    log: (level, text, { actor: _, ...fields }) => {
      if (text === 'an actor failed') return this.logger.log(level, this.sentence(fields), {})
      if (text === 'the node cannot go on' && !this.isVerbose) return
      this.logger.log(level, text, fields)
    },
  }

  private sentence({ error, at, message, decision }: Readonly<Record<string, unknown>>): string {
    const place = this.place ?? placeIn(String(at))
    this.place = undefined
    const on = message === undefined ? '' : ` (on ${String(message)})`
    const then = DECISIONS[String(decision)] ?? String(decision)
    return `${place === undefined ? '' : `${place}: `}${String(error)}${on}; ${then}`
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
