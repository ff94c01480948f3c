/** Leadership: how nodes find the master that leads. Tags 1–9. */
import { groupAddress, refOf } from '../../runtime/address.js'
import { flag, natural, optional, ref, text } from '../../runtime/schema.js'
import { message, type MessageOf } from '../../runtime/protocol.js'
import type { AgentCall } from './agent.js'
import type { SchedulerCall } from './scheduler.js'

export const leadershipCall = {
  'find-leader': message(1, 'Asks every master who leads; the leader answers `leader`.', {
    replyTo: ref<LeadershipEvent>(),
  }),
}
export const leadershipEvent = {
  leader: message(2, 'Says who leads; sent as an answer, and to everybody when leadership begins.', {
    master: ref<SchedulerCall | AgentCall>(), epoch: natural, cluster: text(128),
    /** Of the cluster's log, and of the claim by which it leads; clusters of one name differ in the first. */
    clusterId: optional(text(64)), nonce: optional(text(32)),
    /** Agents and frameworks that it knows of: when it begins to lead, all of them come at once. */
    members: optional(natural),
    /** It has led before and was cut off: what it has said meanwhile, or was told, may be lost. */
    again: optional(flag),
  }),
}
export type LeadershipCall = MessageOf<typeof leadershipCall>
export type LeadershipEvent = MessageOf<typeof leadershipEvent>

/** The path of the master's actor in a master's node. */
export const MASTER_PATH = 'master'

/** All masters: whoever looks for the leader asks them. */
export const MASTERS = refOf<LeadershipCall>(groupAddress('master'), MASTER_PATH)

/** The path of the actor that hears of leaders, by the kind of its node. */
export const LEADER_PATH = { agent: 'agent', framework: 'scheduler' } as const

const SEEK_FIRST_MS = 50
const SEEK_MAX_MS = 2_000

const REPEAT_FIRST_MS = 1_000
const REPEAT_MAX_MS = 8_000
/** A leader and its broker answer so many on a slow machine, one after the other, in a second and more. */
const MEMBERS_PER_SECOND = 300
const MEMBERS_WAIT_MAX_MS = 30_000

/**
 * How long to wait for the leader's answer before saying again what it has not answered. After a failover
 * everybody comes at once: who repeats itself sooner than the last of them can be answered makes it worse.
 * @param chance in [0, 1)
 * @param members who may all have come at once
 */
export function repeatDelayMs(attempt: number, chance: number, members = 0): number {
  const allMs = Math.min(MEMBERS_WAIT_MAX_MS, members / MEMBERS_PER_SECOND * 1_000)
  const firstMs = Math.max(REPEAT_FIRST_MS, allMs)
  return Math.round(Math.min(Math.max(REPEAT_MAX_MS, firstMs), firstMs * 2 ** attempt) * (0.5 + chance / 2))
}

/** How long to wait before asking again who leads. @param chance in [0, 1) */
export const seekDelayMs = (attempt: number, chance: number): number =>
  Math.round(Math.min(SEEK_MAX_MS, SEEK_FIRST_MS * 2 ** attempt) * (0.5 + chance / 2))
