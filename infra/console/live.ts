/**
 * Live: the one stream by which the master tells this page what has changed. Pages say what they look on at;
 * whenever the stream begins anew, everybody reads their lists again.
 */
import { signal } from '@preact/signals'
import type { OverviewView } from '../../actors/protocol/operator.js'
import type { Pulse } from './pulse.js'

export interface RowsEvent {
  readonly what: string
  readonly rows: readonly object[]
  readonly gone: readonly string[]
  readonly isAll: boolean
}

export interface Listener {
  readonly what: string
  /** The stream has begun: what was read before may be old. */
  readonly begun: () => void
  readonly rows: (event: RowsEvent) => void
}

/** Seconds of pulses that are remembered for sparklines. */
export const PULSES_MAX = 120
const AGAIN_MS = 1_000

export const status = signal<'connecting' | 'live' | 'lost'>('connecting')
export const overview = signal<OverviewView | undefined>(undefined)
export const pulses = signal<readonly Pulse[]>([])

const listeners = new Set<Listener>()
let source: EventSource | undefined
let wanted = ''
let timer: ReturnType<typeof setTimeout> | undefined

export function listen(listener: Listener): () => void {
  listeners.add(listener)
  arrange()
  if (source && wanted.split(',').includes(listener.what) && status.value === 'live') listener.begun()
  return () => {
    listeners.delete(listener)
    arrange()
  }
}

/** Once all that a page wants is known, and once what the last page wanted is not wanted any more. */
export function arrange(delayMs = 0): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    const names = [...new Set(['overview', ...[...listeners].map(({ what }) => what)])].sort().join(',')
    if (names !== wanted || !source || source.readyState === EventSource.CLOSED) open(names)
  }, delayMs)
}

function open(names: string): void {
  source?.close()
  wanted = names
  source = new EventSource(`/v1/live?what=${names}`)
  const on = <T>(event: string, heard: (data: T) => void) =>
    source?.addEventListener(event, (message) => heard(JSON.parse((message as MessageEvent<string>).data)))
  on('hello', () => {
    status.value = 'live'
    for (const { begun } of listeners) begun()
  })
  on('reload', () => {
    for (const { begun } of listeners) begun()
  })
  on<{ what: string }>('stale', ({ what }) => {
    for (const listener of listeners) if (listener.what === what) listener.begun()
  })
  on<RowsEvent>('rows', (event) => {
    for (const each of listeners) if (each.what === event.what) each.rows(event)
  })
  on<OverviewView>('overview', (view) => {
    overview.value = view
  })
  on<Pulse>('pulse', (pulse) => {
    pulses.value = [...pulses.value, pulse].slice(-PULSES_MAX)
  })
  source.onerror = () => {
    status.value = 'lost'
    if (source?.readyState === EventSource.CLOSED) void findLeader()
  }
}

/** Another master may lead now: the one that this page came from knows the way there. */
async function findLeader(): Promise<void> {
  const answer = await fetch('/v1/cluster')
    .then((response) => response.json())
    .catch(() => undefined)
  const cluster = (answer as { cluster?: { leading: boolean; leader: string } } | undefined)?.cluster
  if (cluster && !cluster.leading && cluster.leader !== '') location.reload()
  else arrange(AGAIN_MS)
}
