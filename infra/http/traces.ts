/** Traces: hops as they happen, as server-sent events, and all that is known of one trace. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { HopCollector } from '../trace/hop-collector.js'
import type { HopWish } from '../trace/hop-filter.js'
import { jsonOf, type HopRecord } from '../trace/hop-record.js'
import { BACKLOG_HOPS_MAX } from '../trace/hop-relay.js'
import { ambiguityOf } from '../trace/trace-id.js'
import { allow, naturalOf, textOf, type Query } from './listing.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

/** Who may watch hops at once. */
export const WATCHERS_MAX = 64
/** What waits for a slow watcher, besides the past that it asked for; beyond it hops are dropped, and it is told so. */
export const WATCHER_HOPS_MAX = 10_000
export const BACKLOG_MAX = 20_000
const PULSE_MS = 15_000
const TRACE_ID = /^[0-9a-f]{4,32}$/

/** What `/` says of these addresses. */
export const TRACE_ADDRESSES = {
  'GET /v1/hops': 'what happens to messages, as server-sent events, with actor, type, framework, hide and backlog',
  'GET /v1/traces/ID': 'all that is known of one trace, named by its beginning or its end',
}

/** @param hops undefined when this master cannot know */
export function addTraces(app: FastifyInstance, hops: HopCollector | undefined): void {
  let open = 0
  app.get('/v1/hops', async ({ query }, reply) => {
    const [wish, backlog] = wishOf(query as Query)
    const collector = known(hops)
    if (open >= WATCHERS_MAX) throw new Refusal('too-many', `${WATCHERS_MAX} watch already; wait for one to end`)
    open++
    const hungUp = new AbortController()
    reply.raw.once('close', () => {
      open--
      hungUp.abort()
    })
    reply.header('cache-control', 'no-store').type('text/event-stream; charset=utf-8')
    reply.raw.once('pipe', () => reply.raw.flushHeaders())
    return reply.send(Readable.from(events(collector, wish, backlog, hungUp.signal), { objectMode: false }))
  })
  app.get<{ readonly Params: { readonly id: string } }>('/v1/traces/:id', async ({ params: { id }, query }) => {
    allow(query as Query, [])
    const wanted = id.toLowerCase()
    if (!TRACE_ID.test(wanted)) throw new Refusal('bad-request', `'${id}' is no trace: write 4 to 32 digits, 0 to f`)
    const records = await known(hops).trace(wanted)
    const traces = [...new Set(records.map(({ trace }) => trace))]
    const ambiguity = ambiguityOf(wanted, traces)
    if (ambiguity !== undefined) throw new Refusal('ambiguous', ambiguity, { candidates: traces.slice(0, 10) })
    const [trace] = traces
    if (trace === undefined) {
      throw new Refusal('not-found', `nothing is known of trace '${id}': nodes that run with --trace tell their newest `
        + `${BACKLOG_HOPS_MAX} hops, often those of a few minutes; what \`warren trace record\` has stays`)
    }
    return { schemaVersion: SCHEMA_VERSION, trace, hops: records.map(jsonOf) }
  })
}

function known(hops: HopCollector | undefined): HopCollector {
  if (hops) return hops
  throw new Refusal('unavailable', 'this master does not know what its nodes trace')
}

function wishOf(query: Query): readonly [HopWish, number] {
  allow(query, ['actor', 'type', 'framework', 'hide', 'backlog'])
  const list = (name: string) => textOf(query, name)?.split(',').map((each) => each.trim()).filter(Boolean)
  const [actor, framework] = [textOf(query, 'actor'), textOf(query, 'framework')]
  const [types, hide] = [list('type'), list('hide')]
  const wish = {
    ...(actor ? { actor } : {}), ...(framework ? { framework } : {}), ...(types ? { types } : {}),
    ...(hide ? { hide } : {}),
  }
  return [wish, naturalOf(query, 'backlog', 0, BACKLOG_MAX)]
}

/** Ends when the reader has gone. */
async function* events(
  collector: HopCollector, wish: HopWish, backlog: number, hungUp: AbortSignal,
): AsyncGenerator<string> {
  let waiting: HopRecord[] = []
  let missed = 0
  let wake = (): void => undefined
  const stop = collector.watch(wish, backlog, {
    hop(record) {
      if (waiting.length < WATCHER_HOPS_MAX + backlog) waiting.push(record)
      else missed++
      wake()
    },
    gap(count) {
      missed += count
      wake()
    },
  })
  hungUp.addEventListener('abort', () => wake())
  try {
    yield ': hops\n\n'
    while (!hungUp.aborted) {
      if (waiting.length === 0 && missed === 0) {
        const isAwake = await awoken((resolve) => { wake = resolve })
        if (!isAwake) yield ':\n\n'
        continue
      }
      const text = waiting.map((record) => eventOf('hop', jsonOf(record))).join('')
        + (missed > 0 ? eventOf('gap', { missed }) : '')
      waiting = []
      missed = 0
      yield text
    }
  } finally {
    stop()
  }
}

/** False when nothing came for a while: then something is said, so that a reader who has gone is noticed. */
async function awoken(listen: (wake: () => void) => void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const isAwake = await new Promise<boolean>((resolve) => {
    listen(() => resolve(true))
    timer = setTimeout(() => resolve(false), PULSE_MS)
    timer.unref()
  })
  clearTimeout(timer)
  return isAwake
}

const eventOf = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
