/**
 * Load node: the load as a process of its own, which can be killed like any other: `node load-node.js JSON`.
 * It comes back under the id that its history tells. SIGUSR2 lets it come to rest; SIGTERM ends it.
 */
import { amqpLink } from '../../../infra/amqp/link.js'
import { openLogger } from '../../../infra/logger.js'
import { openFrameworkNode } from '../../../infra/node/framework-node.js'
import type { FrameworkId } from '../../../actors/protocol/ids.js'
import { History } from './history.js'
import { load, type LoadOptions, type LoadOrder } from './load.js'

export interface LoadSettings extends Omit<LoadOptions, 'history'> {
  readonly cluster: string
  readonly historyPath: string
}

const settings = JSON.parse(process.argv[2] ?? '{}') as LoadSettings
const history = new History(settings.historyPath)
const known = history.earlier.findLast((event) => event.event === 'subscribed')
const node = await openFrameworkNode<unknown, LoadOrder>({
  name: settings.name, openLink: amqpLink(process.env['WARREN_BROKER']?.split(',') ?? [], settings.cluster),
  logger: openLogger({ level: 'info', format: 'json', node: settings.name }),
  framework: () => load({ ...settings, history }),
  ...(known ? { frameworkId: known.frameworkId as FrameworkId } : {}),
})
process.on('SIGUSR2', () => node.tell('drain'))
process.on('SIGTERM', () => node.end())
await node.finished.finally(() => node.close())
process.exit()
