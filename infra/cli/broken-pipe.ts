/**
 * Broken pipe: what happens when nobody reads our output any more (`warren … | head -1`): the command
 * ends quietly, in order if it runs nodes. Commands with output of their own see to it themselves.
 */
import { EXIT } from './failure.js'

export function endWithReader(): void {
  let isEnding = false
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    const isOthersBusiness = process.stdout.listenerCount('error') > 1
    if (isEnding || isOthersBusiness) return
    isEnding = true
    if (code !== 'EPIPE') process.exit(EXIT.failed)
    if (process.listenerCount('SIGTERM') === 0) process.exit(EXIT.ok)
    process.kill(process.pid, 'SIGTERM')
  })
}
