/** Logger: JSON Lines by pino for machines; for people at a terminal, one short line each. */
import { pino } from 'pino'
import type { Logger, LogLevel } from '../runtime/logger.js'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export interface LoggerOptions {
  readonly level: LogLevel
  /** `pretty` at a terminal, `json` elsewhere. */
  readonly format: 'json' | 'pretty'
  readonly node: string
}

export function openLogger({ level, format, node }: LoggerOptions): Logger {
  if (format === 'pretty') return prettyLogger(level)
  const log = pino({ level, base: { node }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, pino.destination({ dest: 2, sync: true }))
  return { log: (at, text, fields) => log[at](fields, text) }
}

function prettyLogger(level: LogLevel): Logger {
  const lowest = LEVELS.indexOf(level)
  return {
    log(at, text, fields) {
      if (LEVELS.indexOf(at) < lowest) return
      const shown = Object.entries(fields).filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${at.padEnd(5)} ${text}${shown.length > 0 ? `  ${shown.join(' ')}` : ''}\n`)
    },
  }
}
