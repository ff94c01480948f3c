/** `warren trace record`: what happens to messages, into a file, until Ctrl-C. */
import { TraceFileWriter } from '../trace/trace-file.js'
import { recordOf } from '../trace/hop-record.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { HOP_OPTIONS, hopNews } from './hop-stream.js'
import { clientOf } from './http-client.js'
import { asCalled } from './invocation.js'
import { gapJson, gapText, MASTERLESS_MAX_MS } from './leader-follow.js'
import { naturalOption } from './natural-option.js'

const BACKLOG = '20000'

export const command: Command = {
  options: [
    { flags: '-o, --output <file>', help: 'where to; a new file', isFlagOnly: true },
    ...HOP_OPTIONS,
    {
      flags: '--backlog <number>', help: 'begin with so many hops of the past', fallback: BACKLOG,
      parse: naturalOption('--backlog', 20_000),
    },
    {
      flags: '--seconds <number>', help: 'end by itself after so long', parse: naturalOption('--seconds'),
      isFlagOnly: true,
    },
    { flags: '--json', help: 'what was recorded, as one JSON document' },
    ...HTTP_OPTIONS,
  ],
  examples: [
    'warren trace record -o offers.trace', 'warren trace record -o a.trace --seconds 10',
    "warren trace record -o allocator.trace --actor 'master/allocator'",
  ],
  notes: `A recording holds the content of messages, but for what the protocol declares secret; keep it accordingly.
When the leader is gone the next one is followed, if there is one within ${MASTERLESS_MAX_MS / 1_000} s. stderr says
from when to when hops may be missing; so does \`gaps\` in the JSON document.`,
  run,
}

async function run({ options }: Call): Promise<number> {
  const path = options['output'] as string | undefined
  if (!path) throw new Failure(EXIT.usage, 'name a file for the recording: -o offers.trace')
  const client = clientOf(options)
  const hangUp = new AbortController()
  const writer = await TraceFileWriter.create(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'it is there already; name another, or remove it' : error.message
    throw new Failure(EXIT.usage, `cannot record into '${path}': ${why}`)
  })
  const end = () => hangUp.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  const seconds = options['seconds'] as number | undefined
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1_000)
  let [hops, lost] = [0, 0]
  const gaps: ReturnType<typeof gapJson>[] = []
  try {
    for await (const news of hopNews(client, options, Number(options['backlog']), hangUp.signal)) {
      if (news.event === 'leader-changed') {
        gaps.push(gapJson(news.gap))
        process.stderr.write(`${gapText(news.gap, 'hops')}\n`)
        continue
      }
      if (news.event === 'gap') lost += news.missed
      await writer.write(news.event === 'hop' ? [recordOf(news.hop)] : [], news.event === 'gap' ? news.missed : 0)
      if (news.event === 'hop') hops++
    }
  } catch (error) {
    if (!hangUp.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    await writer.close()
  }
  const text = `${hops} hops in ${path}${lost > 0 ? `; ${lost} were lost` : ''}\n`
  const next = `To read it: warren trace show --file ${path} --format sequence\n`
  const document = `${JSON.stringify({ schemaVersion: 1, file: path, hops, lost, gaps })}\n`
  process.stdout.write(options['json'] === true ? document : text + asCalled(next))
  return EXIT.ok
}
