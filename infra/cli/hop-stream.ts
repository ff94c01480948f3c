/** Hop stream: what the master says of hops, as it comes; and the options by which commands choose. */
import type { HopJson } from '../trace/hop-record.js'
import type { Call, Option } from './command.js'
import type { HttpClient } from './http-client.js'
import { serverEvents } from './server-events.js'

export const HOP_OPTIONS: readonly Option[] = [
  { flags: '--actor <pattern>', help: "sender or receiver, such as 'master/**' or 'agent-a1/agent'", isFlagOnly: true },
  { flags: '--type <type...>', help: 'only messages of these types', isFlagOnly: true },
  { flags: '--framework <framework>', help: 'only what concerns this one, by its id or name', isFlagOnly: true },
  { flags: '--hide <type...>', help: 'no messages of these types', isFlagOnly: true },
]

export type HopNews =
  | { readonly event: 'hop'; readonly hop: HopJson }
  | { readonly event: 'gap'; readonly missed: number }

/** Into the query of `/v1/hops`. */
export function hopsPath({ actor, type, framework, hide }: Call['options'], backlog: number): string {
  const list = (value: unknown) => (Array.isArray(value) ? value.join(',') : undefined)
  const query = Object.entries({ actor, framework, type: list(type), hide: list(hide), backlog: String(backlog) })
    .flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(String(value))}`] : []))
  return `/v1/hops?${query.join('&')}`
}

/** Throws a `Failure`, also midway. */
export async function* hopNews(client: HttpClient, path: string, hangUp: AbortSignal): AsyncGenerator<HopNews> {
  for await (const { event, data } of serverEvents(client, path, hangUp)) {
    if (event === 'hop') yield { event, hop: data as HopJson }
    else if (event === 'gap') yield { event, missed: (data as { readonly missed: number }).missed }
  }
}
