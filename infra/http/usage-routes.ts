/**
 * Usage routes: how busy machines are, asked of their agents when somebody looks. However many look on, an
 * agent is asked once in a while only, and nothing of it is kept.
 */
import type { FastifyInstance } from 'fastify'
import type { AgentId } from '../../actors/protocol/ids.js'
import type { OperatorLook, OperatorUsage } from '../../actors/protocol/look.js'
import type { MachineUsage } from '../../actors/protocol/usage.js'
import { find, isAgentId } from './identity.js'
import { allow, textOf, type Query } from './listing.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

/** Agents that are asked for at once. */
export const AGENTS_ASKED_MAX = 100
/** An answer is good for everybody for so long; that of one agent alone is followed as it changes. */
export const USAGE_KEPT_MS = 4_000
const ONE_KEPT_MS = 900
const USAGE_TIMEOUT_MS = 5_000

export const USAGE_ADDRESSES = {
  'GET /v1/agents/ID/usage': 'how busy its machine is now, and what each launch uses of it',
  'GET /v1/usage': 'the same of several, with agents=ID,ID…, by id, without launches; those away are left out',
}

interface WithId {
  readonly Params: { readonly id: string }
}
type Measure = Extract<OperatorLook, { type: 'operator-measure' }>

export function addUsage(app: FastifyInstance, questions: Questions): void {
  const desk = new UsageDesk((agentId, launches) =>
    questions.look<Measure>({ type: 'operator-measure', agentId, launches }, USAGE_TIMEOUT_MS))
  app.get<WithId>('/v1/agents/:id/usage', async ({ params, query }) => {
    allow(query as Query, [])
    const { id } = find('agent', params.id, await questions.list('agents'))
    const { usage, problem = 'it does not answer' } = await desk.ask(id, true, ONE_KEPT_MS) ?? {}
    if (usage === undefined) throw new Refusal('unavailable', `how busy agent '${id}' is cannot be told: ${problem}`)
    return { schemaVersion: SCHEMA_VERSION, usage }
  })
  app.get('/v1/usage', async ({ query }) => {
    allow(query as Query, ['agents'])
    const wanted = [...new Set((textOf(query as Query, 'agents') ?? '').split(',').filter((each) => each !== ''))]
    if (wanted.length === 0 || wanted.length > AGENTS_ASKED_MAX) {
      throw new Refusal('bad-request', `name 1 to ${AGENTS_ASKED_MAX} agents: agents=ID,ID…`)
    }
    const ids = await idsOf(wanted, questions)
    const answers = await Promise.all(ids.map((id) => desk.ask(id, false, USAGE_KEPT_MS)))
    const usage = Object.fromEntries(ids.flatMap((id, index): [string, MachineUsage][] => {
      const one = answers[index]?.usage
      return one ? [[id, one]] : []
    }))
    return { schemaVersion: SCHEMA_VERSION, usage }
  })
}

/** An agent may have gone since its id was read: whole ids are taken as they are, and cost no list of all agents. */
async function idsOf(wanted: readonly string[], questions: Questions): Promise<readonly AgentId[]> {
  if (wanted.every(isAgentId)) return wanted
  const agents = await questions.list('agents')
  return [...new Set(wanted.map((each) => isAgentId(each) ? each : find('agent', each, agents).id))]
}

interface Asked {
  readonly atMs: number
  readonly answer: Promise<OperatorUsage | undefined>
}

/** Who asks for what was asked a moment ago gets the same answer. */
export class UsageDesk {
  private readonly asked = new Map<string, Asked>()

  constructor(
    private readonly measure: (agentId: AgentId, launches: boolean) => Promise<OperatorUsage | undefined>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  ask(agentId: AgentId, launches: boolean, keptMs: number): Promise<OperatorUsage | undefined> {
    const key = `${launches ? 'launches' : 'brief'} ${agentId}`
    const known = this.asked.get(key)
    if (known && this.now() - known.atMs < keptMs) return known.answer
    this.forget()
    const answer = this.measure(agentId, launches)
    this.asked.set(key, { atMs: this.now(), answer })
    return answer
  }

  /** How many answers are kept. */
  get size(): number {
    return this.asked.size
  }

  private forget(): void {
    for (const [key, { atMs }] of this.asked) if (this.now() - atMs >= USAGE_KEPT_MS) this.asked.delete(key)
  }
}
