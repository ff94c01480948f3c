/**
 * Live: the one stream by which the master tells this page what has changed. Pages say what they look on at;
 * whenever the stream begins anew, everybody reads their lists again.
 */
import { signal } from '@preact/signals'
import type { OverviewView } from '../../actors/protocol/operator.js'
import type { Pulse } from './pulse.js'
import { openSource } from './source.js'

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
/** A leader says something once a second. */
const SILENCE_MAX_MS = 10_000

export const status = signal<'connecting' | 'live' | 'lost'>('connecting')
export const overview = signal<OverviewView | undefined>(undefined)
export const pulses = signal<readonly Pulse[]>([])

const listeners = new Set<Listener>()
let close: (() => void) | undefined
let wanted = ''
let timer: ReturnType<typeof setTimeout> | undefined

export function listen(listener: Listener): () => void {
  listeners.add(listener)
  arrange()
  if (wanted.split(',').includes(listener.what) && status.value === 'live') listener.begun()
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
    if (names !== wanted) open(names)
  }, delayMs)
}

function open(names: string): void {
  close?.()
  wanted = names
  const each = (told: (listener: Listener) => void) => {
    for (const listener of listeners) told(listener)
  }
  close = openSource({
    path: () => `/v1/live?what=${names}`,
    // What is told once a second.
    silenceMaxMs: SILENCE_MAX_MS,
    broken: () => {
      status.value = 'lost'
    },
    on: {
      hello: () => {
        status.value = 'live'
        each(({ begun }) => begun())
      },
      reload: () => each(({ begun }) => begun()),
      stale: (data) => {
        const { what } = data as { readonly what: string }
        each((listener) => listener.what === what && listener.begun())
      },
      rows: (data) => {
        const event = data as RowsEvent
        each((listener) => listener.what === event.what && listener.rows(event))
      },
      overview: (view) => {
        overview.value = view as OverviewView
      },
      pulse: (pulse) => {
        pulses.value = [...pulses.value, pulse as Pulse].slice(-PULSES_MAX)
      },
    },
  })
}
