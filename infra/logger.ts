/** Logger: JSON Lines by pino for machines; for people at a terminal, one short line each. */
import { pino } from 'pino'
import type { Logger, LogLevel } from '../runtime/logger.js'
import { prettyLogger } from './pretty-logger.js'

export interface LoggerOptions {
  readonly level: LogLevel
  /** `pretty` at a terminal, `json` elsewhere. */
  readonly format: 'json' | 'pretty'
  readonly node: string
}

export function openLogger({ level, format, node }: LoggerOptions): Logger {
  if (format === 'pretty') return prettyLogger(level)
  const log = pino({
    level, base: { node }, timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  }, pino.destination({ dest: 2, sync: true }))
  return { log: (at, text, fields) => log[at](fields, text) }
}
