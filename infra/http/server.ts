/**
 * Server: the master's HTTP interface for operators, on this machine only. It holds no state of the
 * cluster: every answer is the master's, asked at the moment of the request.
 */
import type { Ref } from '../../runtime/address.js'
import type { Logger } from '../../runtime/logger.js'
import type { System } from '../../runtime/system.js'
import type { OperatorCall } from '../../actors/protocol/operator.js'
import { version } from '../cli/version.js'
import { masterFamilies } from '../metrics/master-families.js'
import { checkCluster } from './guard.js'
import { addConsole } from './console.js'
import { addEvents } from './event-routes.js'
import { addHealth, connectionCheck, type Check } from './health.js'
import { listen, newInterface, type Http } from './interface.js'
import { addLive } from './live-routes.js'
import { addNodes } from './node-routes.js'
import { Questions } from './questions.js'
import { CLUSTER_HEADER } from './refusal.js'
import { addRoutes } from './routes.js'
import { addStandby } from './standby.js'
import { addTraces } from './traces.js'
import type { HopCollector } from '../trace/hop-collector.js'

export const DEFAULT_PORT = 5050
const READY_TIMEOUT_MS = 1_000

export interface HttpOptions {
  readonly system: System
  readonly master: Ref<OperatorCall>
  readonly cluster: string
  readonly ip?: string
  /** 0 takes any free one. */
  readonly port?: number
  readonly logger: Logger
  /** What it knows of the cluster's messages. */
  readonly hops?: HopCollector
  /** Other nodes of this process, whose figures are told with the master's own. */
  readonly others?: () => readonly System[]
}

/** Throws a `ListenError`. */
export async function openHttp(options: HttpOptions): Promise<Http> {
  const { system, master, cluster, ip = '127.0.0.1', port = DEFAULT_PORT, logger, others = () => [] } = options
  const questions = new Questions(system, master)
  const app = await newInterface(ip, logger)
  app.addHook('onRequest', async ({ headers }) => checkCluster(headers[CLUSTER_HEADER], cluster))
  addHealth(app, {
    version: version(), nodes: () => [system, ...others()], more: () => masterFamilies(questions),
    checks: async () => [await masterCheck(questions), connectionCheck(system.transport())],
  })
  addStandby(app, questions)
  addRoutes(app, questions)
  addEvents(app, questions)
  addNodes(app, system, questions)
  addLive(app, system, questions)
  addConsole(app, questions)
  addTraces(app, options.hops)
  const http = await listen(app, { ip, port })
  logger.log('info', 'answering', { url: http.url, cluster })
  return http
}

async function masterCheck(questions: Questions): Promise<Check> {
  const view = await questions.leader(READY_TIMEOUT_MS).catch(() => undefined)
  const detail = !view ? 'is too busy to say'
    : view.leading ? `leads '${view.cluster}' in epoch ${view.epoch}`
    : view.leader === '' ? 'knows of no leader yet'
    : `follows ${view.leader}, which leads '${view.cluster}' in epoch ${view.epoch}`
  return { name: 'master', ok: view !== undefined && view.leader !== '', detail }
}
