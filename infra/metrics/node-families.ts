/** Node families: what the nodes of one process know of themselves, in any kind of node. */
import { CONNECTIONS, type TransportVitals } from '../../runtime/transport.js'
import { kindOf, NODE_KINDS } from '../../runtime/address.js'
import type { System } from '../../runtime/system.js'
import type { StallFigures } from '../node/stalls.js'
import { actorKind } from './actor-kind.js'
import { byLabel, counter, gauge, only, type Family, type Sample } from './family.js'

export function nodeFamilies(nodes: readonly System[], version: string): readonly Family[] {
  const kinds = tally(nodes, ({ node }) => kindOf(node) ?? 'other', () => 1)
  return [
    gauge('warren_build_info', 'What runs here.', [[{ version }, 1]]),
    gauge('warren_nodes', 'Nodes in this process, by kind.', byLabel('kind', NODE_KINDS, Object.fromEntries(kinds))),
    ...actorFamilies(nodes),
    counter('warren_dead_letters_total', 'Messages that nobody took, by reason.', labelled('reason', tally(
      nodes.flatMap(({ deadLetters }) => [...deadLetters.countsByReason()]), ([reason]) => reason, ([, count]) => count,
    ))),
    ...transportFamilies(nodes.map((node) => node.transport()).filter((each) => each !== undefined)),
  ]
}

function actorFamilies(nodes: readonly System[]): readonly Family[] {
  const actors = nodes.flatMap((node) => node.vitals())
    .map(({ address, mailbox, oldestMs }) => ({ kind: actorKind(address), mailbox, oldestMs }))
  const oldest = new Map<string, number>()
  for (const { kind, oldestMs } of actors) {
    oldest.set(kind, Math.max(oldest.get(kind) ?? 0, oldestMs / 1_000))
  }
  return [
    gauge('warren_actors', 'Actors, by kind.', labelled('kind', tally(actors, ({ kind }) => kind, () => 1))),
    gauge('warren_mailbox_messages', 'Messages that wait in mailboxes, by kind of actor.',
      labelled('kind', tally(actors, ({ kind }) => kind, ({ mailbox }) => mailbox))),
    gauge('warren_mailbox_oldest_seconds', 'How long the oldest of them has waited, by kind of actor.',
      labelled('kind', oldest)),
  ]
}

/** Counted over all nodes of the process; of an embedded cluster there are several. */
export function transportFamilies(transports: readonly TransportVitals[]): readonly Family[] {
  if (transports.length === 0) return []
  const sum = (of: (transport: TransportVitals) => number): number =>
    transports.reduce((total, transport) => total + of(transport), 0)
  const states = tally(transports, ({ connection }) => connection, () => 1)
  return [
    gauge('warren_connection', 'Nodes, by the state of their connection to the other nodes.',
      byLabel('state', CONNECTIONS, Object.fromEntries(states))),
    gauge('warren_connection_since_seconds', 'When that state last began, in seconds since 1970.',
      only(Math.max(...transports.map(({ sinceMs }) => sinceMs)) / 1_000)),
    counter('warren_reconnects_total', 'Times that a lost connection was had again.',
      only(sum(({ reconnects }) => reconnects))),
    gauge('warren_outbox_bytes', 'What waits for the broker, and what the broker has not confirmed.', [
      [{ stage: 'waiting' }, sum(({ waitingBytes }) => waitingBytes)],
      [{ stage: 'unconfirmed' }, sum(({ unconfirmedBytes }) => unconfirmedBytes)],
    ]),
    counter('warren_frames_returned_total', 'Frames that came back because nobody took them.',
      only(sum(({ framesReturned }) => framesReturned))),
    counter('warren_envelopes_missed_total', 'Messages that other nodes sent here and that never came.',
      only(sum(({ envelopesMissed }) => envelopesMissed))),
  ]
}

export const stallFamilies = ({ p50Seconds, p99Seconds, maxSeconds, stalls }: StallFigures): readonly Family[] => [
  gauge('warren_event_loop_delay_seconds', 'How late the event loop has been since the start.',
    [[{ statistic: 'p50' }, p50Seconds], [{ statistic: 'p99' }, p99Seconds], [{ statistic: 'max' }, maxSeconds]]),
  counter('warren_event_loop_stalls_total', 'How often the event loop stood still for a second or more.', only(stalls)),
]

function tally<T>(
  items: readonly T[], key: (item: T) => string, amount: (item: T) => number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0) + amount(item))
  return sums
}

const labelled = (label: string, sums: ReadonlyMap<string, number>): readonly Sample[] =>
  [...sums].map(([name, value]) => [{ [label]: name }, value])
