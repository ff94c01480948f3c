/** File cat: `warren task|agent cat ID PATH`, a file where the task has run, byte for byte. */
import type { Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { HangUp } from './hang-up.js'
import { FILE_NOTES, type Keeper } from './files.js'
import { clientOf, segment } from './http-client.js'
import { idOf } from './inspect.js'
import { linesOf } from './json-lines.js'
import { naturalOption } from './natural-option.js'
import { openOutlet } from './outlet.js'
import { bytesIn, FOLLOW_NOTE, followParts, sayingOnce } from './part-follow.js'
import { copy } from './task-logs.js'

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
  notes: `${FILE_NOTES[noun]}\nA file that is written anew is read from its beginning.\n${FOLLOW_NOTE}`,
  async run({ arguments: [id = '', path = ''], options }) {
    const client = clientOf(options)
    const hangUp = new HangUp()
    const query = { path, ...(options['tail'] === undefined ? {} : { tail: String(options['tail']) }) }
    const keeper = idOf(noun, id)
    const address = `/v1/${noun}s/${segment(keeper)}/file?${new URLSearchParams(query)}`
    const [out, isJson] = [openOutlet(process.stdout), options['json'] === true]
    const read = async (): Promise<AsyncIterable<Uint8Array | string>> => {
      if (options['follow'] !== true) {
        const whole = (accept: string) => client.follow(address, accept, hangUp.signal)
        return isJson ? linesOf(whole(NDJSON)) : whole('text/plain')
      }
      const wish = { nouns: `${noun}s`, id: keeper, what: 'file', query } as const
      const parts = followParts(client, wish, sayingOnce((text) => process.stderr.write(text))(), hangUp.signal)
      return isJson ? (await import('../http/file-lines.js')).partLines(parts) : bytesIn(parts)
    }
    try {
      await copy(await read(), out, hangUp)
    } catch (error) {
      if (!hangUp.signal.aborted) throw error
    } finally {
      hangUp.abort()
      hangUp.release()
    }
    await out.flushed()
    return hangUp.interrupted ? EXIT.interrupted : EXIT.ok
  },
})
