/** `warren trace tail`: every message as it is handled, a line each, until Ctrl-C. */
import { HOPS_OPEN_MAX, MessageLines } from '../trace/message-lines.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { HangUp } from './hang-up.js'
import { absenceOf, gapLine, HOP_OPTIONS, hopNews } from './hop-stream.js'
import { clientOf } from './http-client.js'
import { gapText, MASTERLESS_MAX_MS } from './leader-follow.js'
import { naturalOption } from './natural-option.js'
import { openOutlet } from './outlet.js'

export const command: Command = {
  options: [
    ...HOP_OPTIONS,
    {
      flags: '--backlog <number>', help: 'first so many hops of the past', fallback: '0',
      parse: naturalOption('--backlog', 20_000),
    },
    { flags: '--json', help: 'each hop as a JSON object on a line' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren trace tail', "warren trace tail --actor 'master/**' --hide ping pong renew",
    'warren trace tail --framework three-greetings --json', 'warren trace tail --type offers accept',
  ],
  notes: `A line says when the message was handled, from whom to whom, its type and size, how long it waited (q)
and took (p), and the end of its trace, which \`warren trace show\` takes. Of \`*\` and \`**\` in patterns
the first stops at a slash. Nodes tell what they were started to record: see --trace of \`warren dev\`,
\`master\` and \`agent\`.
Of a message that is under way, at most ${HOPS_OPEN_MAX} are remembered.
When the leader is gone the next one is followed, if there is one within ${MASTERLESS_MAX_MS / 1_000} s. stderr says
from when to when hops may be missing, and with --json a line of the kind "gap" does, with the reason
"leader-changed" (or "dropped", for \`missed\` hops that came too fast). What other nodes still have of
that time follows it.`,
  run,
}

async function run({ options }: Call): Promise<number> {
  const client = clientOf(options)
  const hangUp = new HangUp()
  const out = openOutlet(process.stdout)
  const lines = new MessageLines()
  const absence = await absenceOf(options, client)
  if (absence !== undefined) process.stderr.write(`warren: ${absence}\n`)
  try {
    for await (const news of hopNews(client, options, Number(options['backlog']), hangUp.signal)) {
      if (news.event === 'leader-changed') process.stderr.write(`${gapText(news.gap, 'hops')}\n`)
      const text = options['json'] === true
        ? news.event === 'hop' ? `${JSON.stringify(news.hop)}\n` : gapLine(news)
        : news.event === 'hop' ? lines.of(news.hop)
          : news.event === 'gap' ? `… ${news.missed} hops were lost\n` : undefined
      if (text !== undefined && !await out.write(text)) break
    }
  } catch (error) {
    if (!hangUp.signal.aborted) throw error
  } finally {
    hangUp.abort()
    hangUp.release()
  }
  await out.flushed()
  return hangUp.interrupted ? EXIT.interrupted : EXIT.ok
}
