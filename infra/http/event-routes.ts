/** Event routes: the journal of what the cluster decided and why, as JSON or followed as events. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { HistoryView } from '../../actors/protocol/operator.js'
import { EventNames } from './event-names.js'
import { EVENT_TYPES, eventView, type EventView } from './event-words.js'
import { EventStream } from './event-stream.js'
import { find } from './identity.js'
import { allow, flagOf, naturalOf, textOf, type Query } from './listing.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

/** Readers that follow at once. */
export const FOLLOWERS_MAX = 256
/** Events told at once, the last ones; a follower is told the rest as it comes. */
export const EVENTS_TOLD_DEFAULT = 1_000
export const EVENTS_TOLD_MAX = 20_000
const FOLLOW_MS = 500
const SINCE = /^(\d+)(ms|s|m|h|d)$/
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

interface Wish {
  readonly sinceMs: number
  readonly limit: number
  readonly offers: boolean
  readonly names: Readonly<Record<'agent' | 'framework' | 'task' | 'type', string | undefined>>
}

export function addEvents(app: FastifyInstance, questions: Questions): void {
  let followers = 0
  app.get('/v1/events', async (request, reply) => {
    const wish = await called(questions, wishOf(request.query as Query))
    if (!request.headers.accept?.includes('text/event-stream')) return listed(questions, wish)
    if (followers >= FOLLOWERS_MAX) {
      throw new Refusal('too-many', `${FOLLOWERS_MAX} follow the events already; wait for one to end`)
    }
    followers++
    follow(request, reply, questions, wish).onClose(() => followers--)
    return reply
  })
}

/** In the order of time: what was decided is heard once it is on disk, who came and went at once. */
async function listed(questions: Questions, wish: Wish) {
  const events: EventView[] = []
  const names = await EventNames.open(questions)
  let view = await questions.history(0, wish.offers)
  const { isComplete } = view
  for (;;) {
    names.hear(view.entries)
    events.push(...view.entries.map((entry) => eventView(entry, names.of)).filter((event) => isWanted(event, wish)))
    if (view.isAll) break
    view = await questions.history(view.last, wish.offers, view.lifeMs)
  }
  events.sort(inTime)
  return { schemaVersion: SCHEMA_VERSION, isComplete, total: events.length, events: events.slice(-wish.limit) }
}

function inTime(left: EventView, right: EventView): number {
  const [late, early] = [left, right].map(({ type }) => type.endsWith('-connected')) as [boolean, boolean]
  // Within a millisecond nobody is connected who is not known.
  return Date.parse(left.at) - Date.parse(right.at) || Number(late) - Number(early) || left.number - right.number
}

function follow(request: FastifyRequest, reply: FastifyReply, questions: Questions, wish: Wish): EventStream {
  const stream = new EventStream(reply)
  const [life, number] = String(request.headers['last-event-id'] ?? '')
    .split('-')
    .map(Number)
  let [lifeMs, last]: [number | undefined, number] = [life || undefined, number ?? 0]
  let isFirst = number === undefined
  let names: EventNames | undefined
  const look = async (): Promise<void> => {
    names ??= await EventNames.open(questions)
    const view: HistoryView = await questions.history(last, wish.offers, lifeMs)
    names.hear(view.entries)
    const { of } = names
    if (lifeMs !== undefined && (view.lifeMs !== lifeMs || !view.isComplete)) stream.send('gap', {})
    ;[lifeMs, last] = [view.lifeMs, view.last]
    const events = view.entries.map((entry) => eventView(entry, of)).filter((event) => isWanted(event, wish))
    for (const event of isFirst ? events.slice(-wish.limit) : events)
      stream.send('event', event, `${lifeMs}-${event.number}`)
    if (isFirst && view.isAll) stream.send('caught-up', {})
    isFirst &&= !view.isAll
  }
  const loop = (): void => {
    if (!stream.isOpen) return
    look().then(
      () => setTimeout(loop, FOLLOW_MS),
      () => stream.close(),
    )
  }
  loop()
  return stream
}

function isWanted(event: EventView, { names, sinceMs }: Wish): boolean {
  if (Date.parse(event.at) < sinceMs) return false
  return Object.entries(names).every(
    ([name, wanted]) => wanted === undefined || String(event[name as 'agent'] ?? '').startsWith(wanted),
  )
}

/** Agents and frameworks by their names as well; who has ended is known by its id, or the beginning of it. */
async function called(questions: Questions, wish: Wish): Promise<Wish> {
  const names = { ...wish.names }
  for (const noun of ['agent', 'framework'] as const) {
    const wanted = names[noun]
    if (wanted === undefined) continue
    const all: readonly { readonly id: string; readonly name?: string }[] = await questions.list(`${noun}s`)
    if (all.some(({ name }) => name === wanted)) names[noun] = find(noun, wanted, all).id
  }
  return { ...wish, names }
}

function wishOf(query: Query): Wish {
  allow(query, ['since', 'limit', 'offers', 'agent', 'framework', 'task', 'type'])
  const names = {
    agent: textOf(query, 'agent'),
    framework: textOf(query, 'framework'),
    task: textOf(query, 'task'),
    type: typeOf(textOf(query, 'type')),
  }
  const limit = naturalOf(query, 'limit', EVENTS_TOLD_DEFAULT, EVENTS_TOLD_MAX)
  return { names, limit, offers: flagOf(query, 'offers'), sinceMs: sinceOf(textOf(query, 'since')) }
}

/** A type, or the beginning of several, such as `task`. */
function typeOf(wanted: string | undefined): string | undefined {
  if (wanted === undefined || EVENT_TYPES.some((type) => type.startsWith(wanted))) return wanted
  throw new Refusal('bad-request', `type=${wanted} is no type of events: use ${EVENT_TYPES.join(', ')}`)
}

/** A time, or how long ago. */
function sinceOf(written: string | undefined): number {
  if (written === undefined) return 0
  const [, amount, unit] = SINCE.exec(written) ?? []
  if (amount !== undefined) return Date.now() - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]
  const time = Date.parse(written)
  if (Number.isFinite(time)) return time
  throw new Refusal(
    'bad-request',
    `since=${written} is no time: write 2026-01-31T12:00:00Z, or 10m for ten minutes ago`,
  )
}
