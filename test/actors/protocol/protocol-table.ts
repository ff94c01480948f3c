/**
 * Protocol table: what `actors/protocol/README.md` says of the messages, made from their declarations.
 */
import { agentCall, agentEvent, agentInfo, heldTask } from '../../../actors/protocol/agent.js'
import { executorCall, executorEvent } from '../../../actors/protocol/executor.js'
import { journalEntry } from '../../../actors/protocol/journal.js'
import { leadershipCall, leadershipEvent } from '../../../actors/protocol/leadership.js'
import { logRecord } from '../../../actors/protocol/log.js'
import { logEntry } from '../../../actors/protocol/log-entry.js'
import { resources } from '../../../actors/protocol/resources.js'
import {
  frameworkInfo, offer, operation, schedulerCall, schedulerEvent,
} from '../../../actors/protocol/scheduler.js'
import {
  command, executorInfo, program, reason, statusUpdate, taskInfo, taskState,
} from '../../../actors/protocol/task.js'
import { vitalsCall, vitalsEvent } from '../../../actors/protocol/vitals.js'
import { kernelProtocol } from '../../../runtime/kernel-protocol.js'
import type { Protocol } from '../../../runtime/protocol.js'
import { record, type Schema } from '../../../runtime/schema.js'

export interface Conversation {
  readonly title: string
  /** The tags that its messages may take: the first and the last. */
  readonly tags: readonly [first: number, last: number]
  readonly protocol: Protocol
}

export const CONVERSATIONS: readonly Conversation[] = [
  { title: 'To every master', tags: [1, 9], protocol: leadershipCall },
  { title: 'From masters', tags: [1, 9], protocol: leadershipEvent },
  { title: 'From an agent to the leading master', tags: [10, 39], protocol: agentCall },
  { title: 'From the leading master to an agent', tags: [10, 39], protocol: agentEvent },
  { title: 'From a scheduler to the leading master', tags: [40, 79], protocol: schedulerCall },
  { title: 'From the leading master to a scheduler', tags: [40, 79], protocol: schedulerEvent },
  { title: 'From a custom executor to its agent', tags: [80, 99], protocol: executorCall },
  { title: 'From an agent to a custom executor', tags: [80, 99], protocol: executorEvent },
  { title: 'Records: what a master decides', tags: [100, 119], protocol: logRecord },
  { title: 'Entries of the masters’ log', tags: [120, 129], protocol: logEntry },
  { title: 'In an agent’s journal', tags: [130, 139], protocol: journalEntry },
  { title: 'From a master to the vitals of any node', tags: [140, 149], protocol: vitalsCall },
  { title: 'From the vitals of a node to a master', tags: [140, 149], protocol: vitalsEvent },
  { title: 'Between the kernels of two nodes', tags: [65_000, 65_099], protocol: kernelProtocol },
]

const SHAPES: Readonly<Record<string, Schema<never>>> = {
  AgentInfo: agentInfo, Command: command, ExecutorInfo: executorInfo, FrameworkInfo: frameworkInfo,
  HeldTask: heldTask, Offer: offer, Operation: operation, Program: program, Reason: reason,
  Resources: resources, StatusUpdate: statusUpdate, TaskInfo: taskInfo, TaskState: taskState,
} as unknown as Readonly<Record<string, Schema<never>>>

/** Markdown, without a line break at its end. */
export function protocolTable(): string {
  return [...CONVERSATIONS.flatMap(section), ...shapes()].join('\n')
}

function section({ title, protocol }: Conversation): string[] {
  const messages = Object.entries(protocol).sort(([, { tag: left }], [, { tag: right }]) => left - right)
  const rows = messages.map(([type, { tag, doc, fields }]) =>
    `| ${tag} | \`${type}\` | ${doc} | ${cell(record(fields).notation)} |`)
  const head = ['| Tag | Message | Meaning | Fields |', '| ---: | --- | --- | --- |']
  return [`### ${title}`, '', ...head, ...rows, '']
}

function shapes(): string[] {
  const rows = Object.entries(SHAPES).map(([name, { notation }]) =>
    `| \`${name}\` | ${cell(notation, name)} |`)
  return ['### Shapes', '', '| Shape | Fields |', '| --- | --- |', ...rows]
}

/** Says shapes by their names, the largest first, since one may lie within another. */
function cell(notation: string, itself?: string): string {
  const names = Object.entries(SHAPES).filter(([name]) => name !== itself)
    .sort(([, left], [, right]) => right.notation.length - left.notation.length)
  const said = names.reduce((text, [name, shape]) => text.replaceAll(shape.notation, name), notation)
  return said === '{}' ? '' : `\`${said.replace(/^\{(.*)\}$/, '$1')}\``
}
