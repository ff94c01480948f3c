/** Quiet logger: of a command's own node only failures are worth a word; `WARREN_LOG=debug` shows all. */
import type { Logger } from '../../runtime/logger.js'

export const quietLogger: Logger = {
  log(level, text, fields) {
    if (level !== 'error' && process.env['WARREN_LOG'] !== 'debug') return
    process.stderr.write(`warren: ${text} ${JSON.stringify(fields)}\n`)
  },
}
