/** `warren events`: what the cluster decided and why, in the order of time; followed, as it is committed. */
import { EVENT_TYPES, type EventView } from '../http/event-words.js'
import { columns, print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { isNew } from './hop-stream.js'
import { clientOf, type HttpClient } from './http-client.js'
import { followLeader, gapJson, gapText, MASTERLESS_MAX_MS } from './leader-follow.js'

const HEADINGS = ['TIME', '', 'WHAT']
/** By how much what is decided may be heard late. */
const DISORDER_MS = 10_000
const TYPES_IN_LINE = 4
const NAMES = ['agent', 'framework', 'task', 'type'] as const

export const command: Command = {
  options: [
    {
      flags: '--since <time>', help: 'not before, such as 10m for ten minutes ago, or 2026-01-31T12:00:00Z',
      parse: sinceOption,
    },
    { flags: '-f, --follow', help: 'go on with what happens, until Ctrl-C' },
    { flags: '--agent <id>', help: 'only what concerns this agent, by its id or name', isFlagOnly: true },
    { flags: '--framework <id>', help: 'only what concerns this framework, by its id or name', isFlagOnly: true },
    { flags: '--task <id>', help: 'only what concerns this task', isFlagOnly: true },
    { flags: '--type <type>', help: 'only of this type, or of all that begin so, such as task-', isFlagOnly: true },
    { flags: '--offers', help: 'with offers as they are made and end', isFlagOnly: true },
    { flags: '--json', help: 'one JSON document; with --follow, JSON Lines' },
    ...HTTP_OPTIONS,
  ],
  examples: ['warren events', 'warren events --since 10m --follow', 'warren events --task web-3 --json'],
  notes: `The master keeps the last 10,000 of them, and as many of offers. When the leader is gone --follow
goes on with the next, if there is one within ${MASTERLESS_MAX_MS / 1_000} s: stderr says that it changed, and with
--json a line of the type "gap" does. What was decided meanwhile is told; offers and connections of that
time are not known.

Types:
${typeLines()}`,
  run,
}

/** As the master takes it; what it refuses it would name by the query. */
export function sinceOption(text: string): string {
  if (/^\d+(ms|s|m|h|d)$/.test(text) || Number.isFinite(Date.parse(text))) return text
  throw new Failure(EXIT.usage,
    `--since '${text}' is no time: write 2026-01-31T12:00:00Z, or 10m for ten minutes ago`)
}

/** Within the columns of a help text. */
function typeLines(): string {
  const starts = EVENT_TYPES.map((_, index) => index).filter((index) => index % TYPES_IN_LINE === 0)
  return starts.map((start) => `  ${EVENT_TYPES.slice(start, start + TYPES_IN_LINE).join(', ')}`).join('\n')
}

async function run({ options }: Call): Promise<number> {
  const client = clientOf(options)
  if (options['follow'] === true) return follow(client, options)
  const path = `/v1/events?${queryOf(options)}`
  const answer = await client.get<{ readonly events: readonly EventView[]; readonly isComplete: boolean }>(path)
  if (options['json'] === true) return printJson(answer)
  await print(columns(HEADINGS, answer.events.map(cells), false))
  if (answer.events.length === 0) process.stderr.write('nothing that is still kept\n')
  return EXIT.ok
}

/** Behind a gap comes what was decided meanwhile: the log has it. Who came and went then, only the last leader knew. */
async function follow(client: HttpClient, options: Call['options']): Promise<number> {
  const isJson = options['json'] === true
  const hangUp = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => hangUp.abort())
  const told = new Set<string>()
  const pathOf = (fromMs: number | undefined) => `/v1/events?${queryOf(options, fromMs)}`
  try {
    for await (const news of followLeader(client, pathOf, hangUp.signal)) {
      if ('gap' in news) {
        process.stderr.write(`${gapText(news.gap, 'offers, connections and disconnections')}\n`)
        if (isJson) process.stdout.write(`${JSON.stringify({ schemaVersion: 1, type: 'gap', ...gapJson(news.gap) })}\n`)
      } else if (news.event === 'event') {
        const event = news.data as EventView
        if (!isNew(told, keyOf(event))) continue
        const line = isJson ? `${JSON.stringify({ schemaVersion: 1, ...event })}\n`
          : columns(HEADINGS, [cells(event)], false)
        process.stdout.write(line)
      }
    }
  } catch (error) {
    if (!hangUp.signal.aborted) throw error
  }
  return EXIT.ok
}

/** Masters number events each for itself, and know no time of claims but their own. */
function keyOf({ number: _, at, ...event }: EventView): string {
  const isTimed = event.type !== 'leadership-claimed' && event.type !== 'genesis'
  return JSON.stringify(isTimed ? { at, ...event } : event)
}

/** @param fromMs since when nothing was heard; what was told before is told apart */
function queryOf(options: Call['options'], fromMs?: number): string {
  const query = new URLSearchParams({ limit: '20000' })
  for (const name of ['since', ...NAMES]) if (options[name] !== undefined) query.set(name, String(options[name]))
  if (fromMs !== undefined) query.set('since', new Date(fromMs - DISORDER_MS).toISOString())
  if (options['offers'] === true) query.set('offers', '1')
  return query.toString()
}

const cells = ({ at, level, text, task = '', framework = '', agent = '' }: EventView): readonly string[] => [
  at,
  level === 'warn' ? '!' : ' ',
  [text, [task, framework, agent].filter((id) => id !== '').join(' ')].join('  ').trim(),
]
