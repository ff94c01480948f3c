/**
 * Sequence: hops as a diagram that people read: a lane for each actor, lanes of one node side by side, and an
 * arrow for each message and receiver. What the console draws and what is exported are made of this.
 *
 * Plain data from plain data; nothing of Node is known here.
 */
import { nodeNameIn, pathIn, type HopRecord } from './hop-record.js'

export interface Lane {
  /** `agent-a1/agent/updates`: of all lives of the node. */
  readonly id: string
  readonly node: string
  readonly path: string
}

/** Times are wall-clock milliseconds; one that is not known is absent. */
export interface Arrow {
  readonly trace: string
  readonly span: string
  readonly parent?: string
  readonly type: string
  /** Lanes; a timer and the like come from nowhere. */
  readonly from?: string
  readonly to: string
  readonly sentMs?: number
  readonly enqueuedMs?: number
  readonly deliveredMs?: number
  readonly processedMs?: number
  readonly acknowledgedMs?: number
  /** Between the mailbox and the behaviour. */
  readonly queuedForMs?: number
  readonly durationMs?: number
  readonly outcome?: string
  readonly isReply: boolean
  /** Why it went no further. */
  readonly dropped?: string
  readonly bytes?: number
  readonly framework?: string
  readonly body?: Readonly<Record<string, unknown>>
}

export interface Restart {
  readonly lane: string
  readonly atMs: number
  readonly reason: string
}

export interface Sequence {
  /** In the order in which their nodes first appear; each node's together. */
  readonly lanes: readonly Lane[]
  /** By when they arrived, or were sent. */
  readonly arrows: readonly Arrow[]
  readonly restarts: readonly Restart[]
  readonly beginMs: number
  readonly endMs: number
}

const ASKING = '(questions)'
const OUTSIDE = '(outside)'

/** When it is drawn: when it was given to its receiver, else the last that is known of it. */
export const arrivedMs = (arrow: Arrow): number =>
  arrow.deliveredMs ?? arrow.enqueuedMs ?? arrow.sentMs ?? arrow.processedMs ?? 0

/** When all that is known of it was over. */
export const endedMs = (arrow: Arrow): number => arrow.processedMs ?? arrivedMs(arrow)

export function sequenceOf(hops: readonly HopRecord[]): Sequence {
  const ordered = [...hops].sort((left, right) => left.atMs - right.atMs)
  const bySpan = new Map<string, HopRecord[]>()
  for (const hop of ordered) {
    const known = bySpan.get(hop.span)
    if (known) known.push(hop)
    else bySpan.set(hop.span, [hop])
  }
  const arrows = [...bySpan.values()].flatMap(arrowsOf).sort((left, right) => arrivedMs(left) - arrivedMs(right))
  const restarts = ordered.filter(({ kind }) => kind === 'restarted')
    .map(({ to, atMs, reason = '' }) => ({ lane: laneOf(to), atMs, reason }))
  const times = [...arrows.flatMap((arrow) => [arrow.sentMs ?? arrivedMs(arrow), endedMs(arrow)])]
  return {
    lanes: lanesOf(arrows, restarts), arrows, restarts,
    beginMs: times.reduce((least, each) => Math.min(least, each), times[0] ?? 0),
    endMs: times.reduce((most, each) => Math.max(most, each), times[0] ?? 0),
  }
}

/** One for each receiver: a message to a group has several. */
function arrowsOf(hops: readonly HopRecord[]): Arrow[] {
  const sent = hops.find(({ kind }) => kind === 'sent')
  const told = hops.filter(({ kind }) => kind !== 'restarted')
  const answered = told.find(({ kind }) => kind === 'replied')
  const arrived = told.filter(({ kind }) => kind !== 'sent' && kind !== 'acknowledged' && kind !== 'replied')
  const receivers = [...new Set(arrived.map(({ to }) => to))]
  // An answer goes to an address of its question, and is then given to the actor that asked.
  if (receivers.length === 0) {
    const [first] = told
    return first ? [arrowOf(answered?.to ?? sent?.to ?? first.to, told, sent, answered)] : []
  }
  return receivers.map((to) => arrowOf(to, told.filter((hop) => hop.to === to), sent, answered))
}

function arrowOf(
  to: string, own: readonly HopRecord[], sent: HopRecord | undefined, answered: HopRecord | undefined,
): Arrow {
  const at = (kind: HopRecord['kind']) => own.find((hop) => hop.kind === kind)
  const [enqueued, delivered, processed, dropped] = [at('enqueued'), at('delivered'), at('processed'), at('dropped')]
  const acknowledged = at('acknowledged')
  const { trace, span, parent, type, node } = (sent ?? own[0] ?? answered) as HopRecord
  const from = sent?.from ?? own.find((hop) => hop.from !== undefined)?.from
  const given = delivered ?? sent ?? dropped
  const arrival = enqueued?.atMs ?? answered?.atMs
  const queuedForMs = delivered && enqueued ? Math.max(0, delivered.atMs - enqueued.atMs) : undefined
  return {
    trace, span, type, to: laneOf(to), isReply: answered !== undefined,
    ...known('parent', parent),
    ...known('from', from === undefined ? (sent ? `${nodeNameIn(node)}/${OUTSIDE}` : undefined) : laneOf(from)),
    ...known('sentMs', sent?.atMs), ...known('enqueuedMs', arrival), ...known('deliveredMs', delivered?.atMs),
    ...known('processedMs', processed?.atMs), ...known('acknowledgedMs', acknowledged?.atMs),
    ...known('queuedForMs', queuedForMs), ...known('durationMs', processed?.durationMs),
    ...known('outcome', processed?.outcome), ...known('dropped', dropped && (dropped.reason ?? 'dropped')),
    ...known('bytes', given?.bytes), ...known('framework', (sent ?? own[0])?.framework),
    ...known('body', given?.body),
  }
}

function known<K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { readonly [N in K]: V }
}

function laneOf(address: string): string {
  const path = pathIn(address)
  return `${nodeNameIn(address)}/${/^port\.ask-\d+$/.test(path) ? ASKING : path}`
}

function lanesOf(arrows: readonly Arrow[], restarts: readonly Restart[]): Lane[] {
  const ids = new Set<string>()
  for (const { from, to } of arrows) {
    if (from !== undefined) ids.add(from)
    ids.add(to)
  }
  for (const { lane } of restarts) ids.add(lane)
  const lanes = [...ids].map((id) => ({ id, node: nodeNameIn(id), path: pathIn(id) }))
  const nodes = [...new Set(lanes.map(({ node }) => node))]
  return nodes.flatMap((node) => lanes.filter((lane) => lane.node === node))
}
