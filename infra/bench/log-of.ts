/** Log of a cluster: the entries of a log as a master writes them that admits agents and launches tasks. */
import type { AgentId, FrameworkId, LaunchId, Role, UpdateId } from '../../actors/protocol/ids.js'
import { LOG_FORMAT, type LogEntry } from '../../actors/protocol/log-entry.js'
import type { LogRecord } from '../../actors/protocol/log.js'
import { of } from '../../actors/resources/amounts.js'
import { task } from '../../actors/scheduler/task.js'

export interface Size {
  readonly agents: number
  readonly tasks: number
}

/** Tasks of one accept, which are decided together. */
const TASKS_PER_DECISION = 5
const FRAMEWORKS = 50
const PIECE_ENTRIES = 1_000
const PREFIX = 'bench0'
const [EPOCH, NONCE] = [1, 'benchnonce01']

/** In their order; each task runs. */
export function* logOf(cluster: string, { agents, tasks }: Size): Generator<LogEntry> {
  yield { type: 'log-founded', clusterId: 'benchcluster0001', cluster, prefix: PREFIX, format: LOG_FORMAT }
  yield { type: 'log-claimed', epoch: EPOCH, nonce: NONCE, master: 'writer' }
  let seq = 1
  for (const records of decisions(agents, tasks)) {
    yield { type: 'log-decided', epoch: EPOCH, nonce: NONCE, seq: seq++, records }
  }
}

/** The same, in pieces that may be written at once. */
export function* piecesOf(entries: Iterable<LogEntry>): Generator<LogEntry[]> {
  let piece: LogEntry[] = []
  for (const entry of entries) {
    if (piece.push(entry) < PIECE_ENTRIES) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}

function* decisions(agents: number, tasks: number): Generator<LogRecord[]> {
  const atMs = Date.now()
  for (let index = 0; index < agents; index++) {
    const info = {
      hostname: `host-${index}`, resources: of({ cpus: 16, mem: 65_536 }), attributes: {}, bootId: `boot-${index}`,
    }
    yield [{ type: 'agent-admitted', agentId: `${PREFIX}-S${index}` as AgentId, info, atMs }]
  }
  for (let index = 0; index < FRAMEWORKS; index++) {
    const info = {
      name: `tenant-${index}`, roles: ['*' as Role], user: 'bench', failoverTimeoutMs: 3_600_000, labels: [],
    }
    yield [{ type: 'framework-admitted', frameworkId: frameworkOf(index), info, atMs }]
  }
  for (let first = 0; first < tasks; first += TASKS_PER_DECISION) {
    const numbers = Array.from({ length: Math.min(TASKS_PER_DECISION, tasks - first) }, (_, index) => first + index)
    const decision = Math.floor(first / TASKS_PER_DECISION)
    const [frameworkId, agentId] = [frameworkOf(decision), `${PREFIX}-S${decision % agents}` as AgentId]
    yield numbers.map((number): LogRecord => ({
      type: 'task-launched', frameworkId, agentId, launchId: launchOf(number), role: '*' as Role,
      task: taskOf(number), state: 'STAGING', atMs,
    }))
    for (const number of numbers) {
      const { taskId } = taskOf(number)
      const updateId = `${launchOf(number)}.1` as UpdateId
      yield [{ type: 'task-changed', frameworkId, taskId, state: 'RUNNING', updateId, atMs }]
    }
  }
}

const frameworkOf = (index: number): FrameworkId =>
  `${PREFIX}-${String(index % FRAMEWORKS).padStart(4, '0')}` as FrameworkId
const launchOf = (number: number): LaunchId => `${PREFIX}-L${number}` as LaunchId
const taskOf = (number: number) => task({
  id: `task-${number}`, resources: { cpus: 0.1, mem: 32 }, command: ['sh', '-c', `exec serve --shard ${number}`],
})
