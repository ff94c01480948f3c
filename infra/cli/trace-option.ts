/** Trace option: whether a node records its messages, for the commands that start nodes. */
import type { Call, Option } from './command.js'
import { EXIT, Failure } from './failure.js'

/** How much of the messages is recorded, as a part of all traces. */
export const traceOption = (fallback?: string): Option => ({
  flags: '--trace <how-much>', help: 'record messages: off, on, or a part of all traces such as 0.01',
  ...(fallback === undefined ? {} : { fallback }), parse: parseTrace,
})

export function parseTrace(text: string): number {
  if (text === 'off') return 0
  if (text === 'on') return 1
  const part = Number(text)
  if (/^\d*\.?\d+$/.test(text) && part <= 1) return part
  throw new Failure(EXIT.usage, `--trace '${text}': write off, on, or a part of all traces from 0 to 1, such as 0.01`)
}

/** What an option says of tracing; a fallback of commander's is not parsed. */
export const tracePart = (options: Call['options'], fallback = 0): number => {
  const given = options['trace']
  return given === undefined ? fallback : typeof given === 'number' ? given : parseTrace(String(given))
}
