/** Events: what a framework hears, as one short line for people or one JSON object for programs. */
import type { FrameworkEvent } from '../../actors/scheduler/framework.js'
import { amountsOf } from '../../actors/resources/amounts.js'
import { describeResources } from '../../actors/resources/print.js'
import type { Resources } from '../../actors/resources/resources.js'

export type Heard = FrameworkEvent<unknown>

export function eventLine(event: Heard): string {
  switch (event.type) {
    case 'subscribed': return `subscribed as ${event.frameworkId}`
    case 'offers': return event.offers.map(({ offerId, hostname, resources }) =>
      `offer ${offerId} of ${hostname}: ${describeResources(resources)}`).join('\n')
    case 'rescind': return `offer ${event.offerId} no longer stands`
    case 'update': {
      const { taskId, state, reason, text, exitCode, signal } = event.update
      const how = [reason, text, exitCode === undefined ? undefined : `exit code ${exitCode}`, signal]
      const said = how.filter((part) => part !== undefined)
      return `task ${taskId} is ${state}${said.length > 0 ? ` (${[...new Set(said)].join('; ')})` : ''}`
    }
    case 'lost': {
      const { task, update: { taskId, state } } = event
      return `task ${taskId} is lost (${state}), to be run again as ${task.taskId}`
    }
    case 'message':
      return `message of ${event.data.length} bytes from executor ${event.executorId} on ${event.agentId}`
    case 'failure': {
      const { agentId, executorId, exitCode } = event
      if (executorId === undefined) return `agent ${agentId} is gone`
      const how = exitCode === undefined ? '' : ` (exit code ${exitCode})`
      return `executor ${executorId} on ${agentId} is gone${how}`
    }
    case 'error': return `cannot go on: ${event.problem}`
    case 'disconnected': return 'no master leads; waiting for the next'
    case 'timer': return `timer ${event.name}`
    case 'output':
      return `output of ${event.data.length} bytes for ${event.requestId}${event.end ? ', the last' : ''}`
    case 'fit': return `fit ${event.requestId}: ${event.problem ?? `${event.agents} agents`}`
    case 'told': return 'told something'
  }
}

/** Resources in units, bytes in base64. */
export function eventJson(event: Heard, atMs: number): string {
  const { type, ...rest } = event
  return JSON.stringify({ at: new Date(atMs).toISOString(), event: type, ...rest }, plainly)
}

function plainly(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return isResources(value) ? amountsOf(value) : value
}

const isResources = (value: unknown): value is Resources =>
  typeof value === 'object' && value !== null && 'scalars' in value && 'ranges' in value && 'sets' in value
