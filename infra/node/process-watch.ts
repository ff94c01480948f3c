/**
 * Process watch: what a long-running process looks out for, however many nodes are in it: faults that
 * nobody handles, and an event loop that stands still.
 */
import type { Logger } from '../../runtime/logger.js'
import { lastWords } from './last-words.js'
import { Stalls, type StallFigures } from './stalls.js'

const EXIT_CODE = 1
let stalls: Stalls | undefined

/** To be called once, before the first node is opened. */
export function watchProcess(logger: Logger): void {
  stalls ??= new Stalls(logger)
  process.on('uncaughtException', (fault) => end(logger, 'an exception that nobody handled', fault))
  process.on('unhandledRejection', (fault) => end(logger, 'a rejection that nobody handled', fault))
}

/** Undefined in a process that is not watched. */
export const stallFigures = (): StallFigures | undefined => stalls?.figures()

/** A fault that nobody handles leaves a node in a state that nobody knows: it must not go on. */
function end(logger: Logger, what: string, fault: unknown): never {
  const error = fault instanceof Error ? fault.stack : String(fault)
  logger.log('error', what, { error, lastMessages: lastWords() })
  process.exit(EXIT_CODE)
}
