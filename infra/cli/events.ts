/** `warren events`: what the cluster decided and why, in the order in which it was committed. */
import type { EventView } from '../http/event-words.js'
import { columns, print, printJson } from './columns.js'
import type { Call, Command } from './command.js'
import { HTTP_OPTIONS } from './connection.js'
import { EXIT } from './failure.js'
import { clientOf, type HttpClient } from './http-client.js'
import { serverEvents } from './server-events.js'

const HEADINGS = ['TIME', '', 'WHAT']
const NAMES = ['agent', 'framework', 'task', 'type'] as const

export const command: Command = {
  options: [
    { flags: '--since <time>', help: 'not before, such as 10m for ten minutes ago, or 2026-01-31T12:00:00Z' },
    { flags: '-f, --follow', help: 'go on with what happens, until Ctrl-C' },
    { flags: '--agent <id>', help: 'only what concerns this agent', isFlagOnly: true },
    { flags: '--framework <id>', help: 'only what concerns this framework', isFlagOnly: true },
    { flags: '--task <id>', help: 'only what concerns this task', isFlagOnly: true },
    { flags: '--type <type>', help: 'only of this kind, such as task-changed', isFlagOnly: true },
    { flags: '--offers', help: 'with offers as they are made and end', isFlagOnly: true },
    { flags: '--json', help: 'one JSON document; with --follow, JSON Lines' },
    ...HTTP_OPTIONS,
  ],
  examples: ['warren events', 'warren events --since 10m --follow', 'warren events --task web-3 --json'],
  notes: 'The master keeps the last 10,000 of them, and as many of offers.',
  run,
}

async function run({ options }: Call): Promise<number> {
  const client = clientOf(options)
  const path = `/v1/events?${queryOf(options)}`
  if (options['follow'] === true) return follow(client, path, options['json'] === true)
  const answer = await client.get<{ readonly events: readonly EventView[]; readonly isComplete: boolean }>(path)
  if (options['json'] === true) return printJson(answer)
  await print(columns(HEADINGS, answer.events.map(cells), false))
  if (answer.events.length === 0) process.stderr.write('nothing that is still kept\n')
  return EXIT.ok
}

async function follow(client: HttpClient, path: string, isJson: boolean): Promise<number> {
  const hangUp = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => hangUp.abort())
  for await (const { event: kind, data } of serverEvents(client, path, hangUp.signal)) {
    if (kind !== 'event') continue
    const event = data as EventView
    process.stdout.write(
      isJson ? `${JSON.stringify({ schemaVersion: 1, ...event })}\n` : columns(HEADINGS, [cells(event)], false),
    )
  }
  return EXIT.ok
}

function queryOf(options: Call['options']): string {
  const query = new URLSearchParams({ limit: '20000' })
  for (const name of ['since', ...NAMES]) if (options[name] !== undefined) query.set(name, String(options[name]))
  if (options['offers'] === true) query.set('offers', '1')
  return query.toString()
}

const cells = ({ at, level, text, task = '', framework = '', agent = '' }: EventView): readonly string[] => [
  at,
  level === 'warn' ? '!' : ' ',
  [text, [task, framework, agent].filter((id) => id !== '').join(' ')].join('  ').trim(),
]
