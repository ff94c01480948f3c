/** Mark: a state, by its sign, its word and its colour, so that none of them has to be seen. */

type Tone = 'good' | 'warn' | 'bad' | 'quiet'

const LOOKS: Readonly<Record<string, readonly [tone: Tone, sign: string]>> = {
  active: ['good', '●'],
  connected: ['good', '●'],
  running: ['good', '●'],
  RUNNING: ['good', '●'],
  live: ['good', '●'],
  STAGING: ['quiet', '◔'],
  STARTING: ['quiet', '◑'],
  KILLING: ['warn', '◍'],
  new: ['quiet', '◔'],
  FINISHED: ['quiet', '✓'],
  accepted: ['good', '✓'],
  declined: ['quiet', '–'],
  rescinded: ['warn', '↩'],
  open: ['quiet', '◔'],
  FAILED: ['bad', '✕'],
  ERROR: ['bad', '✕'],
  LOST: ['bad', '?'],
  DROPPED: ['bad', '✕'],
  KILLED: ['quiet', '■'],
  GONE: ['bad', '∅'],
  GONE_BY_OPERATOR: ['quiet', '∅'],
  gone: ['bad', '∅'],
  UNREACHABLE: ['warn', '?'],
  UNKNOWN: ['warn', '?'],
  unreachable: ['bad', '?'],
  disconnected: ['warn', '○'],
  blocked: ['bad', '▮'],
  lost: ['bad', '○'],
  connecting: ['quiet', '◔'],
  draining: ['warn', '↓'],
  drained: ['quiet', '▽'],
  deactivated: ['warn', '‖'],
  'backing-off': ['bad', '↻'],
  stopping: ['warn', '◍'],
  stopped: ['quiet', '■'],
  info: ['quiet', '·'],
  warn: ['warn', '!'],
  sent: ['quiet', '→'],
  enqueued: ['quiet', '⋮'],
  delivered: ['quiet', '⇥'],
  processed: ['good', '✓'],
  replied: ['good', '↩'],
  acknowledged: ['good', '✓'],
  dropped: ['bad', '✕'],
  restarted: ['warn', '↻'],
}

export const toneOf = (state: string): Tone => LOOKS[state]?.[0] ?? 'quiet'

export function Mark({ state, word }: { readonly state: string; readonly word?: string }) {
  const [tone, sign] = LOOKS[state] ?? ['quiet', '·']
  return (
    <span class={`mark ${tone}`}>
      <i aria-hidden="true">{sign}</i>
      {word ?? state.toLowerCase().replaceAll('_', ' ')}
    </span>
  )
}
