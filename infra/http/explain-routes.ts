/** Explain routes: why a task, a framework or a role is not served, agent by agent, with a sentence for each reason. */
import type { FastifyInstance } from 'fastify'
import type { FrameworkExplanation } from '../../actors/protocol/explanation.js'
import type { FrameworkView, TaskView } from '../../actors/protocol/operator.js'
import type { Explained, ToldFramework } from './explained.js'
import { agentLines, frameworkText, reasonText, roleText, standingTexts, taskText } from './explanation-words.js'
import { find, findTask } from './identity.js'
import { allow, type Query } from './listing.js'
import type { Questions } from './questions.js'
import { Refusal, SCHEMA_VERSION } from './refusal.js'

export const EXPLAIN_ADDRESSES = {
  'GET /v1/explain/frameworks/ID': 'why each agent is not offered to a framework, every reason',
  'GET /v1/explain/roles/ID': 'the same for the frameworks of a role, and in which order they are asked',
  'GET /v1/explain/tasks/ID': 'where a task is, and what it waits for',
}

/** So many frameworks are named that may have what was asked for. */
const WAITING_NAMED_MAX = 5

interface WithId {
  readonly Params: { readonly id: string }
}

export function addExplain(app: FastifyInstance, questions: Questions): void {
  const explainers = { frameworks: ofFramework, roles: ofRole, tasks: ofTask } as const
  for (const [nouns, explain] of Object.entries(explainers)) {
    app.get<WithId>(`/v1/explain/${nouns}/:id`, async ({ params, query }) => {
      allow(query as Query, [])
      return { schemaVersion: SCHEMA_VERSION, explanation: await explain(questions, params.id) }
    })
  }
}

async function ofFramework(questions: Questions, wanted: string): Promise<Explained> {
  const { id } = find('framework', wanted, await questions.list('frameworks'))
  const [explanation] = await questions.explain([id])
  if (!explanation) throw new Refusal('not-found', `framework '${id}' has just ended`, { noun: 'framework' })
  return { of: 'framework', ...told(explanation) }
}

async function ofRole(questions: Questions, wanted: string): Promise<Explained> {
  const role = find('role', wanted, await questions.list('roles'))
  const known = new Set((await questions.list('frameworks')).map(({ id }) => id))
  const members = role.members.map(({ framework }) => framework).filter((id) => known.has(id))
  const explained = await questions.explain(members, role.id)
  return {
    of: 'role', text: roleText(role), role, frameworks: explained.map(told),
    frameworksMore: members.length - explained.length,
  }
}

async function ofTask(questions: Questions, wanted: string): Promise<Explained> {
  const tasks = await questions.list('tasks')
  const task = await found(questions, wanted, tasks)
  const agent = (await questions.list('agents', new Set([task.agent]))).at(0)
  return { of: 'task', text: taskText(task, agent, Date.now()), task, ...(agent ? { agent } : {}) }
}

/** What has not been launched is known to its framework alone. */
async function found(questions: Questions, wanted: string, tasks: readonly TaskView[]): Promise<TaskView> {
  try {
    return findTask(wanted, tasks)
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.code !== 'not-found') throw refusal
    const waiting = (await questions.list('frameworks')).filter(isWaiting)
    const ids = waiting.slice(0, WAITING_NAMED_MAX).map(({ id, name }) => `${id} (${name})`)
    const more = waiting.length > ids.length ? ` and ${waiting.length - ids.length} more` : ''
    const who = ids.length === 0 ? 'none waits for offers now'
      : `these wait for offers: ${ids.join(', ')}${more}; see \`warren explain framework ID\``
    const why = 'one that has not been launched is known to its framework alone'
    throw new Refusal('not-found', `${refusal.message}: ${why}, and ${who}`)
  }
}

const isWaiting = ({ state, roles, suppressed }: FrameworkView): boolean =>
  state === 'active' && !roles.every((role) => suppressed.includes(role))

function told(explanation: FrameworkExplanation): ToldFramework {
  const nowMs = Date.now()
  return {
    ...explanation, text: frameworkText(explanation), standingTexts: standingTexts(explanation),
    agents: explanation.agents.map((agent) => ({
      ...agent, lines: agentLines(agent.reasons, nowMs),
      reasons: agent.reasons.map((reason) => ({ ...reason, text: reasonText(reason, nowMs) })),
    })),
  }
}
