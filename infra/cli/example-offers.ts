/** `warren example offers`: one cycle of offers, played on real actors and told as it happens. */
import type { Actor } from '../example/broker-play.js'
import type { Watched } from '../example/embedded-play.js'
import { Story, type StoryLine } from '../example/story.js'
import type { Command } from './command.js'
import { EXIT, Failure } from './failure.js'
import { Lifetime } from './lifetime.js'
import { nodeFailure } from './node-failure.js'
import { naturalOption } from './natural-option.js'

const PLAY_TIMEOUT_MS = 60_000

export const command: Command = {
  options: [
    { flags: '--broker <url>', help: 'play it as four processes over this RabbitMQ; without it, in this process' },
    { flags: '--watch', help: 'show it in a browser, message by message, until Ctrl-C', isFlagOnly: true },
    {
      flags: '--port <number>', help: 'of the page to watch it on; a free one unless given', fallback: '0',
      parse: naturalOption('--port', 65_535), isFlagOnly: true,
    },
    { flags: '--json', help: 'one JSON object per line' },
  ],
  examples: [
    'warren example offers', 'warren example offers --json | tail -1',
    'warren example offers --broker amqp://localhost', 'warren example offers --watch',
  ],
  notes: [
    'One agent offers 4 CPU and 4096 MB. Framework 1 takes 3 CPU and 3072 MB for two tasks; what it leaves',
    'is offered to framework 2. The numbers are read from the messages that the actors received.',
  ].join('\n'),
  async run({ options }) {
    const json = options['json'] === true
    const tell = (line: StoryLine): void => {
      process.stdout.write(json ? `${JSON.stringify(withoutText(line))}\n` : `  (${line.step}) ${line.text}\n`)
    }
    const say = (text: string): void => {
      if (!json) process.stdout.write(`${text}\n`)
    }
    const broker = options['broker'] as string | undefined
    if (options['watch'] !== true) {
      await play(broker, tell, say)
      return EXIT.ok
    }
    if (broker !== undefined) {
      const help = 'leave out --broker, and WARREN_BROKER'
      throw new Failure(EXIT.usage, `--watch shows what is played in this process: ${help}`)
    }
    const lifetime = new Lifetime()
    const opened = (url: string): void => {
      const page = `${url}/console/trace?type=${WATCHED.join(',')}`
      process.stdout.write(json ? `${JSON.stringify({ event: 'opened', url: page })}\n` : `Watch it at ${page}\n`)
    }
    const watched = {
      port: Number(options['port']), opened,
      until: async () => {
        say('Ctrl-C ends it.')
        await lifetime.wish
      },
    }
    await play(undefined, tell, say, watched)
    return EXIT.ok
  },
}

/** What is told of, from the registration to the second offer. */
const WATCHED = [
  'register-agent', 'agent-registered', 'offers', 'accept', 'run-task', 'task-status', 'update', 'acknowledge',
  'acknowledge-status',
]

/**
 * Plays the example to its end. Throws a `Failure` that says what never happened.
 * @param watched where it is watched; then it stays on the stage until that has resolved
 */
export async function play(
  broker: string | undefined, tell: (line: StoryLine) => void, say: (text: string) => void,
  watched?: Watched & { readonly until: () => Promise<unknown> },
): Promise<void> {
  let finish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const story = new Story(tell, finish)
  const traces = { hop: (hop: Parameters<Story['hear']>[0]) => story.hear(hop) }
  let close: () => Promise<void>
  if (broker === undefined) {
    say('One master, one agent and two frameworks, in this process:')
    const { playEmbedded } = await import('../example/embedded-play.js')
    close = await playEmbedded(traces, watched).catch((error: unknown) => {
      throw nodeFailure(error)
    })
  } else {
    say('One master, one agent and two frameworks, each a process of its own over RabbitMQ:')
    const { playOverBroker } = await import('../example/broker-play.js')
    const entered = ({ name, pid }: Actor) => say(`      ${name} is process ${pid}`)
    close = await playOverBroker(broker, traces, entered).catch((error: unknown) => {
      throw new Failure(EXIT.unreachable, error instanceof Error ? error.message : String(error))
    })
  }
  const timer = setTimeout(finish, PLAY_TIMEOUT_MS)
  await finished
  clearTimeout(timer)
  if (story.complete) await watched?.until()
  await close()
  if (story.complete) return
  throw new Failure(EXIT.timeout, `the example did not go on: no ${story.awaited} within ${PLAY_TIMEOUT_MS / 1_000} s`)
}

function withoutText({ text: _, ...line }: StoryLine): Omit<StoryLine, 'text'> {
  return line
}
