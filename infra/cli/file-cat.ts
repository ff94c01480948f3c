/** File cat: `warren task|agent cat ID PATH`, a file where the task has run, byte for byte. */
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { FILE_NOTES, type Keeper } from './files.js'
import { clientOf, segment } from './http-client.js'
import { idOf } from './inspect.js'
import { naturalOption } from './natural-option.js'
import { openOutlet } from './outlet.js'
import { copy, linesOf } from './task-logs.js'

const NDJSON = 'application/x-ndjson'

export const catOf = (noun: Keeper): Command => ({
  arguments: [`<${noun}>`, '<path>'],
  options: [
    { flags: '--follow', help: 'go on as it grows, until the task ends' },
    { flags: '--tail <bytes>', help: 'only so much of its end', parse: naturalOption('--tail', 999_999_999) },
    { flags: '--json', help: 'one JSON object a line: {"offset", "bytes", "text"}' },
    ...HTTP_OPTIONS,
  ],
  examples: noun === 'task'
    ? ['warren task cat hello sandbox/result.txt', 'warren task cat hello sandbox/log --follow --tail 1000']
    : ['warren agent cat 3f9k2a-S0 3f9k2a-L4/stdout'],
  notes: `${FILE_NOTES[noun]}\nA file that is written anew is read from its beginning.`,
  async run({ arguments: [id = '', path = ''], options }) {
    const client = clientOf(options)
    const hangUp = new AbortController()
    let interrupted = false
    const interrupt = () => {
      interrupted = true
      hangUp.abort()
    }
    process.once('SIGINT', interrupt)
    const query = new URLSearchParams({ path })
    if (options['follow'] === true) query.set('follow', '1')
    if (options['tail'] !== undefined) query.set('tail', String(options['tail']))
    const address = `/v1/${noun}s/${segment(idOf(noun, id))}/file?${query}`
    const out = openOutlet(process.stdout)
    try {
      const follow = (accept: string) => client.follow(address, accept, hangUp.signal)
      await copy(options['json'] === true ? linesOf(follow(NDJSON)) : follow('text/plain'), out, hangUp)
    } catch (error) {
      if (!hangUp.signal.aborted) throw error
    } finally {
      hangUp.abort()
      process.off('SIGINT', interrupt)
    }
    await out.flushed()
    return interrupted ? EXIT.interrupted : EXIT.ok
  },
})
