/** Pretty logger: for people at a terminal, and for programs that must start fast; one short line each. */
import type { Logger, LogLevel } from '../runtime/logger.js'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

export function prettyLogger(level: LogLevel): Logger {
  const lowest = LEVELS.indexOf(level)
  return {
    log(at, text, fields) {
      if (LEVELS.indexOf(at) < lowest) return
      const shown = Object.entries(fields).filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      const time = new Date().toISOString().slice(11, 23)
      const line = shown.length > 0 ? `${text}  ${shown.join(' ')}` : text
      process.stderr.write(`${time} ${at.padEnd(5)} ${line}\n`)
    },
  }
}
