/** Hop stream: what the master says of hops, as it comes; and the options by which commands choose. */
import type { FrameworkView } from '../../actors/protocol/operator.js'
import type { HopJson } from '../trace/hop-record.js'
import type { Call, Option } from './command.js'
import type { HttpClient } from './http-client.js'
import { followLeader, gapJson, type Gap } from './leader-follow.js'

export const HOP_OPTIONS: readonly Option[] = [
  { flags: '--actor <pattern>', help: "sender or receiver, such as 'master/**' or 'agent-a1/agent'", isFlagOnly: true },
  { flags: '--type <type...>', help: 'only messages of these types', isFlagOnly: true },
  { flags: '--framework <framework>', help: 'only what concerns this one, by its id or name', isFlagOnly: true },
  { flags: '--hide <type...>', help: 'no messages of these types', isFlagOnly: true },
]

export type HopNews =
  | { readonly event: 'hop'; readonly hop: HopJson }
  | { readonly event: 'gap'; readonly missed: number }
  | { readonly event: 'leader-changed'; readonly gap: Gap }

interface Listed {
  readonly frameworks: readonly Pick<FrameworkView, 'id' | 'name'>[]
  readonly next?: string
}

const NAMES_SHOWN_MAX = 10
/** What the nodes still have of a gap is asked for, so many hops at the most. */
const CAUGHT_UP_MAX = 20_000
/** Hops are told in the order in which they come, which is nearly that of their times. */
const DISORDER_MS = 5_000
/** Of what was told, so many hops are known again. */
const TOLD_MAX = 50_000

/** What is said to whoever waits for a framework that is not there, which may yet come; undefined when it is. */
export async function absenceOf({ framework }: Call['options'], client: HttpClient): Promise<string | undefined> {
  if (typeof framework !== 'string') return undefined
  // Who follows says itself what is wrong with the master.
  const listed = await client.get<Listed>('/v1/frameworks').catch(() => undefined)
  if (!listed) return undefined
  const { frameworks, next } = listed
  if (next !== undefined || frameworks.some(({ id, name }) => id === framework || name === framework)) return undefined
  const names = [...new Set(frameworks.map(({ name }) => name))].slice(0, NAMES_SHOWN_MAX)
  const others = names.length > 0 ? `there are ${names.join(', ')}` : 'there are none'
  return `no framework '${framework}' is connected now, ${others}; waiting for what concerns it`
}

/** Into the query of `/v1/hops`. */
export function hopsPath({ actor, type, framework, hide }: Call['options'], backlog: number): string {
  const list = (value: unknown) => (Array.isArray(value) ? value.join(',') : undefined)
  const query = Object.entries({ actor, framework, type: list(type), hide: list(hide), backlog: String(backlog) })
    .flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(String(value))}`] : []))
  return `/v1/hops?${query.join('&')}`
}

/**
 * Goes on with the next leader when one is gone; what the other nodes still have of the time between is told,
 * behind the gap. Throws a `Failure`, also midway.
 */
export async function* hopNews(
  client: HttpClient, options: Call['options'], backlog: number, hangUp: AbortSignal,
): AsyncGenerator<HopNews> {
  const told = new Set<string>()
  let sinceMs = Number.NEGATIVE_INFINITY
  const pathOf = (fromMs: number | undefined): string => {
    sinceMs = fromMs === undefined ? sinceMs : fromMs - DISORDER_MS
    return hopsPath(options, fromMs === undefined ? backlog : CAUGHT_UP_MAX)
  }
  for await (const news of followLeader(client, pathOf, hangUp)) {
    if ('gap' in news) yield news
    else if (news.event === 'gap') yield { event: 'gap', missed: (news.data as { readonly missed: number }).missed }
    else if (news.event === 'hop') {
      const hop = news.data as HopJson
      if (hop.atMs >= sinceMs && isNew(told, keyOf(hop))) yield { event: 'hop', hop }
    }
  }
}

const keyOf = ({ span, kind, node, to }: HopJson): string => `${span}${kind}${node}${to}`

/** Remembers it. The oldest is forgotten when there are too many. */
export function isNew(told: Set<string>, key: string): boolean {
  if (told.has(key)) return false
  told.add(key)
  if (told.size > TOLD_MAX) told.delete(told.values().next().value as string)
  return true
}

/** For `--json`, in the place of what is missing. */
export const gapLine = (news: Exclude<HopNews, { readonly event: 'hop' }>): string =>
  `${JSON.stringify(news.event === 'gap' ? { kind: 'gap', reason: 'dropped', missed: news.missed }
    : { kind: 'gap', ...gapJson(news.gap) })}\n`
