/** Node failure: why a node could not be opened, with the exit code of its kind. */
import { WorkDirectoryError } from '../disk/work-directory.js'
import { ListenError } from '../http/interface.js'
import { EXIT, Failure } from './failure.js'

/** What is no failure of a known kind stays what it is: a bug, to be seen with its stack. */
export function nodeFailure(error: unknown): unknown {
  if (error instanceof WorkDirectoryError) return new Failure(EXIT.configuration, error.message)
  if (error instanceof ListenError) {
    return new Failure(error.code === 'not-loopback' ? EXIT.usage : EXIT.configuration, error.message)
  }
  if (error instanceof RangeError) return new Failure(EXIT.usage, error.message)
  return error
}
