/**
 * Process watch: what a long-running process looks out for, however many nodes are in it: faults that
 * nobody handles, and an event loop that stands still.
 */
import type { Logger } from '../../runtime/logger.js'
import { lastWords } from './last-words.js'
import { Stalls, type StallFigures } from './stalls.js'

const EXIT_CODE = 1
let stalls: Stalls | undefined

/** Ends the process on faults that nobody handles. To be called once, before the first node is opened. */
export function watchFaults(logger: Logger): void {
  process.on('uncaughtException', (fault) => end(logger, 'an exception that nobody handled', fault))
  process.on('unhandledRejection', (fault) => end(logger, 'a rejection that nobody handled', fault))
}

/** To be called once all is up: what starts has a right to keep the loop busy. */
export function watchStalls(logger: Logger): void {
  stalls ??= new Stalls(logger)
}

/** Undefined in a process whose stalls nobody watches. */
export const stallFigures = (): StallFigures | undefined => stalls?.figures()

/** A fault that nobody handles leaves a node in a state that nobody knows: it must not go on. */
function end(logger: Logger, what: string, fault: unknown): never {
  const error = fault instanceof Error ? fault.stack : String(fault)
  logger.log('error', what, { error, lastMessages: lastWords() })
  process.exit(EXIT_CODE)
}
