/** Metrics: what is known of the cluster, as OpenMetrics text. No ids as labels: there is no end of them. */
import { AGENT_STATES } from '../../actors/protocol/operator.js'
import { TASK_STATES } from '../../actors/protocol/task.js'
import { CONNECTIONS, type TransportVitals } from '../../runtime/transport.js'
import type { StallFigures } from '../node/stalls.js'
import { countBy } from './listing.js'
import type { Questions } from './questions.js'

export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

export interface MetricsSources {
  readonly questions: Questions
  readonly deadLetters: ReadonlyMap<string, number>
  /** Undefined when this node has not joined the others, or has left them. */
  readonly transport: TransportVitals | undefined
  readonly version: string
  /** How long the event loop of this process keeps everybody waiting, where that is measured. */
  readonly stalls?: StallFigures | undefined
}

/** The text; with nobody leading, what this node knows by itself. */
export async function metricsOf(sources: MetricsSources): Promise<string> {
  const { questions, deadLetters, transport, version, stalls } = sources
  const own = [
    family('warren_build', 'info', 'What runs here.', [[{ version }, 1]]),
    family('warren_dead_letters', 'counter', 'Messages that nobody took, by reason.',
      [...deadLetters].map(([reason, count]): Sample => [{ reason }, count])),
    ...transport ? transportFamilies(transport) : [],
    ...stalls ? stallFamilies(stalls) : [],
  ]
  const led = await ledFamilies(questions).catch(() => undefined)
  const leads = await questions.leader().then(({ leading }) => leading, () => false)
  const leader = family('warren_leader', 'gauge', 'Whether this master leads.', [[{}, leads ? 1 : 0]])
  return `${[leader, ...own, ...led ?? []].join('')}# EOF\n`
}

function transportFamilies(transport: TransportVitals): string[] {
  const { connection, sinceMs, reconnects, waitingBytes, unconfirmedBytes, framesReturned, envelopesMissed } = transport
  return [
    family('warren_connection', 'gauge', 'Whether this is the state of the connection to the other nodes.',
      CONNECTIONS.map((state): Sample => [{ state }, state === connection ? 1 : 0])),
    family('warren_connection_since_seconds', 'gauge', 'When that state began, in seconds since 1970.',
      [[{}, sinceMs / 1_000]]),
    family('warren_reconnects', 'counter', 'Times that a lost connection was had again.', [[{}, reconnects]]),
    family('warren_outbox_bytes', 'gauge', 'What waits for the broker, and what the broker has not confirmed.',
      [[{ stage: 'waiting' }, waitingBytes], [{ stage: 'unconfirmed' }, unconfirmedBytes]]),
    family('warren_frames_returned', 'counter', 'Frames that came back because nobody took them.',
      [[{}, framesReturned]]),
    family('warren_envelopes_missed', 'counter', 'Messages that other nodes sent here and that never came.',
      [[{}, envelopesMissed]]),
  ]
}

async function ledFamilies(questions: Questions): Promise<string[]> {
  const [agents, frameworks, tasks, offers] = await Promise.all([
    questions.list('agents'), questions.list('frameworks'), questions.list('tasks'), questions.list('offers'),
  ])
  return [
    byState('warren_agents', 'Agents, by state.', AGENT_STATES, agents),
    byState('warren_frameworks', 'Frameworks, by state.', ['active', 'disconnected'], frameworks),
    byState('warren_tasks', 'Tasks that the master remembers, by state.', TASK_STATES, tasks),
    family('warren_offers', 'gauge', 'Offers that are out.', [[{}, offers.length]]),
  ]
}

const stallFamilies = ({ p50Seconds, p99Seconds, maxSeconds, stalls }: StallFigures): string[] => [
  family('warren_event_loop_delay_seconds', 'gauge', 'How late the event loop has been since the start.',
    [[{ statistic: 'p50' }, p50Seconds], [{ statistic: 'p99' }, p99Seconds], [{ statistic: 'max' }, maxSeconds]]),
  family('warren_event_loop_stalls', 'counter', 'How often the event loop stood still for a second or more.',
    [[{}, stalls]]),
]

/** Every state has its line, so that a graph of it begins at zero. */
function byState(
  name: string, help: string, states: readonly string[], items: readonly { readonly state: string }[],
): string {
  const counts = countBy(items, ({ state }) => state)
  return family(name, 'gauge', help, states.map((state): Sample => [{ state }, counts[state] ?? 0]))
}

const SUFFIX = { counter: '_total', gauge: '', info: '_info' } as const

function family(name: string, type: keyof typeof SUFFIX, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${SUFFIX[type]}${printLabels(labels)} ${value}\n`)
  return `# TYPE ${name} ${type}\n# HELP ${name} ${help}\n${lines.join('')}`
}

function printLabels(labels: Labels): string {
  const printed = Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`)
  return printed.length === 0 ? '' : `{${printed.join(',')}}`
}

const escaped = (character: string): string => (character === '\n' ? '\\n' : `\\${character}`)
