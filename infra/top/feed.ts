/**
 * Feed: brings what the masters tell into events: lists as wholes when the stream begins, then what changes. Lost
 * with a leader, it is had again from the next.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { HttpClient } from '../cli/http-client.js'
import { Failure } from '../cli/failure.js'
import { serverEvents, type ServerEvent } from '../cli/server-events.js'
import { LISTS, type ListName, type TopEvent, type TopState } from './state.js'

const AGAIN_MS = 1_000
/** Masters are told of by nobody; they are asked for now and then. */
const MASTERS_MS = 10_000
const PAGE = 10_000

type Tell = (event: TopEvent) => void

/**
 * Goes on until the signal hangs up. Rejects with a `Failure` only when nobody answers at the very beginning.
 * @param connect finds the masters, anew each time: a cluster that is started again may answer elsewhere
 */
export async function feed(connect: () => HttpClient, tell: Tell, hangUp: AbortSignal): Promise<void> {
  await readAll(connect(), tell)
  while (!hangUp.aborted) {
    try {
      await follow(connect(), tell, hangUp)
      if (hangUp.aborted) return
      tell({ type: 'lost', problem: 'the leader does not lead any more; looking for the next …' })
    } catch (error) {
      if (hangUp.aborted) return
      if (!(error instanceof Failure)) throw error
      tell({ type: 'lost', problem: `${error.message}; trying again …` })
    }
    await pause(AGAIN_MS, undefined, { signal: hangUp }).catch(() => undefined)
  }
}

/** All that is known now, once. */
export async function readAll(client: HttpClient, tell: Tell): Promise<void> {
  const { overview } = await client.get<{ readonly overview: NonNullable<TopState['overview']> }>('/v1/overview')
  tell({ type: 'overview', overview })
  await Promise.all([...LISTS.map((what) => readList(client, what, tell)), readMasters(client, tell)])
}

async function follow(client: HttpClient, tell: Tell, hangUp: AbortSignal): Promise<void> {
  const look = setInterval(() => void readMasters(client, tell).catch(() => undefined), MASTERS_MS)
  try {
    for await (const told of serverEvents(client, `/v1/live?what=overview,${LISTS.join(',')}`, hangUp)) {
      await hear(told, client, tell)
    }
  } finally {
    clearInterval(look)
  }
}

async function hear({ event, data }: ServerEvent, client: HttpClient, tell: Tell): Promise<void> {
  switch (event) {
    // What was read before may be old.
    case 'hello': case 'reload': return readAll(client, tell)
    case 'stale': {
      const { what } = data as { readonly what: string }
      return LISTS.includes(what as ListName) ? readList(client, what as ListName, tell) : undefined
    }
    case 'rows': {
      const { what, rows, gone, isAll } = data as
        Omit<Extract<TopEvent, { type: 'rows' }>, 'type'> & { readonly isAll: boolean }
      return tell(isAll ? { type: 'list', what, rows } : { type: 'rows', what, rows, gone })
    }
    case 'overview': return tell({ type: 'overview', overview: data as NonNullable<TopState['overview']> })
    case 'pulse': return tell({ type: 'pulse', pulse: data as TopState['pulses'][number] })
  }
}

type Rows = Extract<TopEvent, { type: 'list' }>['rows']
type Page = Readonly<Partial<Record<ListName, Rows>>> & { readonly next?: string }

async function readList(client: HttpClient, what: ListName, tell: Tell): Promise<void> {
  const rows = []
  let after = ''
  do {
    const page = await client.get<Page>(`/v1/${what}?limit=${PAGE}${after}`)
    rows.push(...page[what] ?? [])
    after = page.next === undefined ? '' : `&after=${encodeURIComponent(page.next)}`
  } while (after !== '')
  tell({ type: 'list', what, rows })
}

async function readMasters(client: HttpClient, tell: Tell): Promise<void> {
  const { nodes } = await client.get<{ readonly nodes: readonly { readonly node: string }[] }>(
    '/v1/actors?kind=master&limit=0')
  const masters = nodes.map(({ node }) => node.replace(/^master-/, '').replace(/@.*$/, ''))
  tell({ type: 'masters', masters })
}
