/** Routes: the addresses of the interface, each a question to the master put into JSON. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import { isTerminal } from '../../actors/protocol/task.js'
import { version } from '../cli/version.js'
import { addAgentOrders, AGENT_ADDRESSES } from './agent-routes.js'
import { asBase64 } from './base64-lines.js'
import { wantsPage } from './console.js'
import { addExplain, EXPLAIN_ADDRESSES } from './explain-routes.js'
import { addFiles, FILE_ADDRESSES } from './file-routes.js'
import { HEALTH_ADDRESSES } from './health.js'
import { find, findTask, isAgentId, successorOf } from './identity.js'
import { allow, countBy, encodingOf, flagOf, naturalOf, pageOf, tasksWanted, textOf, type Query } from './listing.js'
import { asLines, asPlain, openLog, type StreamName } from './log-stream.js'
import type { Questions } from './questions.js'
import { LAUNCH_HEADER, Refusal, SCHEMA_VERSION } from './refusal.js'
import { TRACE_ADDRESSES } from './traces.js'
import { addUsage, USAGE_ADDRESSES } from './usage-routes.js'

/** Logs read over HTTP at once, over all tasks. */
export const LOG_STREAMS_MAX = 256

const PAGING = ['limit', 'after']
const STREAMS: Readonly<Record<string, readonly StreamName[]>> = {
  stdout: ['stdout'], stderr: ['stderr'], both: ['stdout', 'stderr'],
}
const NOUNS = [['agent', 'agents'], ['framework', 'frameworks'], ['offer', 'offers'], ['role', 'roles']] as const
const CHOOSING = { agents: ['all'], frameworks: [], offers: ['framework'], roles: [] } as const
const NDJSON = 'application/x-ndjson'

interface WithId {
  readonly Params: { readonly id: string }
}

/** What `/` answers, for whoever opens the interface by hand. */
const ADDRESSES = {
  'GET /v1/cluster': 'the cluster, its leader and its counts',
  'GET /v1/masters': 'all masters, where their interfaces answer, and which leads',
  'GET /v1/agents': 'agents, with all those that are gone, too; /v1/agents/ID for one',
  ...AGENT_ADDRESSES,
  ...USAGE_ADDRESSES,
  'GET /v1/frameworks': 'frameworks; /v1/frameworks/ID for one',
  'POST /v1/frameworks/ID/teardown': 'ends a framework and its tasks',
  'GET /v1/offers': 'offers that stand; /v1/offers/ID for one',
  'GET /v1/roles': 'roles, with who has how much in them; /v1/roles/ID for one',
  'GET /v1/tasks': 'tasks, with live, state, framework and agent to choose; /v1/tasks/ID for one',
  'GET /v1/tasks/ID/logs': 'what a task has written, with stream, follow, offset and encoding',
  ...FILE_ADDRESSES,
  'POST /v1/tasks/ID/kill': 'ends a task',
  ...EXPLAIN_ADDRESSES,
  'GET /v1/overview': 'the cluster at a glance',
  'GET /v1/events': 'what was decided and why, with since, limit, offers and names; followed as text/event-stream',
  'GET /v1/actors': 'how the actors of every node fare, with kind and node to choose',
  'GET /v1/actors/NODE/PATH': 'what waits for one actor and what it holds; its path percent-encoded',
  'GET /v1/dead-letters': 'messages that nobody took; POST /v1/dead-letters/NODE/NUMBER/replay sends one again',
  'GET /v1/live': 'rows as they change, as text/event-stream, with what to look on at',
  'GET /console/': 'the web console',
  ...TRACE_ADDRESSES,
  ...HEALTH_ADDRESSES,
}

export function addRoutes(app: FastifyInstance, questions: Questions): void {
  app.get('/', async (request, reply) => {
    reply.header('vary', 'accept')
    if (wantsPage(request)) return reply.redirect('/console/', 307)
    return { schemaVersion: SCHEMA_VERSION, addresses: ADDRESSES }
  })
  app.get('/v1/cluster', async ({ query }) => {
    allow(query as Query, [])
    return { schemaVersion: SCHEMA_VERSION, version: version(), cluster: await questions.cluster() }
  })
  addNouns(app, questions)
  addAgentOrders(app, questions)
  addTeardown(app, questions)
  addTasks(app, questions)
  addLogs(app, questions)
  addExplain(app, questions)
  addFiles(app, questions)
  addUsage(app, questions)
}

function addNouns(app: FastifyInstance, questions: Questions): void {
  for (const [noun, nouns] of NOUNS) {
    app.get(`/v1/${nouns}`, async (request) => {
      const query = request.query as Query
      allow(query, [...PAGING, ...CHOOSING[nouns]])
      const everything = await questions.list(nouns)
      const all = flagOf(query, 'all') ? everything : everything.filter((view) => !isGone(view))
      const framework = await frameworkIn(query, questions)
      const own = framework === undefined ? all
        : all.filter((view) => 'framework' in view && view.framework === framework)
      const { items, ...page } = pageOf(own, query, ({ id }) => id)
      return { schemaVersion: SCHEMA_VERSION, ...page, [nouns]: items }
    })
    app.get<WithId>(`/v1/${nouns}/:id`, async ({ params, query }) => {
      allow(query as Query, [])
      return { schemaVersion: SCHEMA_VERSION, [noun]: find(noun, params.id, await questions.list(nouns)) }
    })
  }
}

/** Whoever has ended before is only known by its whole id: the master remembers that, and no name. */
function addTeardown(app: FastifyInstance, questions: Questions): void {
  app.post<WithId>('/v1/frameworks/:id/teardown', async ({ params, query }) => {
    allow(query as Query, [])
    const frameworks = await questions.list('frameworks')
    const isKnown = frameworks.some(({ id, name }) => name === params.id || id.startsWith(params.id))
    const id = isKnown ? find('framework', params.id, frameworks).id : params.id as FrameworkId
    return { schemaVersion: SCHEMA_VERSION, changed: await questions.teardown(id), id }
  })
}

function addTasks(app: FastifyInstance, questions: Questions): void {
  app.get('/v1/tasks', async (request) => {
    const query = request.query as Query
    allow(query, [...PAGING, 'live', 'state', 'framework', 'agent'])
    const [framework, agent] = [await frameworkIn(query, questions), await agentIn(query, questions)]
    const all = (await questions.list('tasks'))
      .filter((task) => framework === undefined || task.framework === framework)
      .filter((task) => agent === undefined || task.agent === agent)
    const { items, ...page } = pageOf(tasksWanted(all, query), query, ({ launch }) => launch)
    const states = countBy(all, ({ state }) => state)
    return { schemaVersion: SCHEMA_VERSION, ...page, states, tasks: items }
  })
  app.get<WithId>('/v1/tasks/:id', async ({ params, query }) => {
    allow(query as Query, [])
    return { schemaVersion: SCHEMA_VERSION, task: findTask(params.id, await questions.list('tasks')) }
  })
  app.post<WithId>('/v1/tasks/:id/kill', async ({ params, query }, reply) => {
    allow(query as Query, [])
    const task = findTask(params.id, await questions.list('tasks'))
    const asked = !isTerminal(task.state) && await questions.kill(task)
    if (asked) return reply.code(202).send({ schemaVersion: SCHEMA_VERSION, outcome: 'killing', task })
    const ended = (await questions.list('tasks')).find(({ launch }) => launch === task.launch) ?? task
    return { schemaVersion: SCHEMA_VERSION, outcome: 'ended-before', task: ended }
  })
}

/** Of agents that are gone only their ids are left, and those only to tell why they are refused. */
const isGone = (view: object): boolean => 'state' in view && view.state === 'gone'

/** Only one framework's, when the query names one. */
async function frameworkIn(query: Query, questions: Questions): Promise<string | undefined> {
  const wanted = textOf(query, 'framework')
  if (wanted === undefined) return undefined
  const ended = (await questions.list('tasks')).find(({ framework }) => framework === wanted)
  return ended?.framework ?? find('framework', wanted, await questions.list('frameworks')).id
}

/** Only one agent's, when the query names one; tasks may be known for longer than it is. */
async function agentIn(query: Query, questions: Questions): Promise<string | undefined> {
  const wanted = textOf(query, 'agent')
  if (wanted === undefined || isAgentId(wanted)) return wanted
  return find('agent', wanted, await questions.list('agents')).id
}

function addLogs(app: FastifyInstance, questions: Questions): void {
  let open = 0
  app.get<WithId>('/v1/tasks/:id/logs', async (request, reply) => {
    if (open >= LOG_STREAMS_MAX) {
      throw new Refusal('too-many', `${LOG_STREAMS_MAX} logs are being read already; wait for one to end`)
    }
    open++
    reply.raw.once('close', () => open--)
    return sendLog(request, reply, questions)
  })
}

async function sendLog(
  { params, query, headers }: FastifyRequest<WithId>, reply: FastifyReply, questions: Questions,
): Promise<FastifyReply> {
  const hungUp = new AbortController()
  reply.raw.once('close', () => hungUp.abort())
  const { streams, offset, follow, isExact } = logWish(query as Query)
  const all = await questions.list('tasks')
  const task = findTask(params.id, all)
  const successor = successorOf(task, all)
  if (successor) {
    const message = `the output of launch '${task.launch}' gave way to that of '${successor.launch}'`
    throw new Refusal('superseded', message)
  }
  const pieces = await openLog(questions, { task, streams, offset, follow, hungUp: hungUp.signal })
  const lines = isExact || headers.accept?.includes(NDJSON)
  reply.header('cache-control', 'no-store').header('x-warren-task', `${task.framework}/${task.launch}`)
  reply.header(LAUNCH_HEADER, task.launch)
  reply.type(lines ? `${NDJSON}; charset=utf-8` : 'text/plain; charset=utf-8')
  // The answer begins now, not with the first line that a quiet task may write in an hour.
  reply.raw.once('pipe', () => reply.raw.flushHeaders())
  const chunks = isExact ? asBase64(pieces) : lines ? asLines(pieces) : asPlain(pieces)
  return reply.send(Readable.from(chunks, { objectMode: false }))
}

function logWish(query: Query) {
  allow(query, ['stream', 'follow', 'offset', 'encoding'])
  const stream = textOf(query, 'stream') ?? 'both'
  const streams = Object.hasOwn(STREAMS, stream) ? STREAMS[stream] : undefined
  if (!streams) throw new Refusal('bad-request', `stream=${stream} is none of stdout, stderr and both`)
  const offset = naturalOf(query, 'offset', 0)
  const isExact = encodingOf(query) === 'base64'
  if ((offset > 0 || isExact) && streams.length > 1) {
    throw new Refusal('bad-request', 'an offset is a place in one stream: add stream=stdout or stream=stderr')
  }
  return { streams, offset, follow: flagOf(query, 'follow'), isExact }
}
