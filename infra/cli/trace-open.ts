/** `warren trace open`: a recording in the console, without a cluster, until Ctrl-C. */
import { serveRecording } from '../http/recording-server.js'
import type { Command } from './command.js'
import { EXIT, Failure } from './failure.js'
import { Lifetime } from './lifetime.js'
import { naturalOption } from './natural-option.js'
import { hopsOfFile } from './trace-hops.js'

export const command: Command = {
  arguments: ['<file>'],
  options: [
    {
      flags: '--port <number>',
      help: 'of the page; a free one unless given',
      fallback: '0',
      parse: naturalOption('--port', 65_535),
    },
    { flags: '--json', help: 'say where it is as a JSON document' },
  ],
  examples: ['warren trace open offers.trace', 'warren trace open offers.trace --port 5060'],
  async run({ arguments: [file = ''], options }) {
    const lifetime = new Lifetime()
    const hops = await hopsOfFile(file)
    const server = await serveRecording(hops, Number(options['port'])).catch((error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${String(options['port'])} is in use; choose another with --port`
          : error.message
      throw new Failure(EXIT.failed, `the recording cannot be shown: ${why}`)
    })
    const document = JSON.stringify({ schemaVersion: 1, url: server.url, hops: hops.length })
    process.stdout.write(
      `${options['json'] === true ? document : `${hops.length} hops of ${file}: ${server.url}\nCtrl-C ends it.`}\n`,
    )
    return lifetime.stayUp(() => server.close())
  },
}
