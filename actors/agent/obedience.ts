/**
 * Obedience: which masters an agent obeys. The masters' log may lose its end, or be made anew; what the
 * agent has obeyed is on its own disk, so no master older than that is ever obeyed again. Pure.
 */
import type { LeadershipEvent } from '../protocol/leadership.js'
import type { Memory, Obeyed } from './memory.js'

export type Standing =
  /** To be obeyed. */
  | 'obeyed'
  /** A later master of its cluster is obeyed, or another of the same epoch. */
  | 'older'
  /** It leads another cluster. */
  | 'foreign'

/** @param inMemory the highest epoch that this life has met; leaders without more of a name are known by it */
export function standingOf(known: Known, inMemory: number, leader: LeadershipEvent): Standing {
  const { obeyed } = known
  if (isForeign(known, leader)) return 'foreign'
  if (leader.epoch < Math.max(inMemory, obeyed?.epoch ?? 0)) return 'older'
  return obeyed && leader.epoch === obeyed.epoch && (leader.nonce ?? obeyed.nonce) !== obeyed.nonce ? 'older' : 'obeyed'
}

type Known = Pick<Memory, 'cluster' | 'obeyed'>

function isForeign({ cluster, obeyed }: Known, leader: LeadershipEvent): boolean {
  if (obeyed && leader.clusterId !== undefined) return leader.clusterId !== obeyed.clusterId
  // A journal of before clusters had ids.
  return cluster !== undefined && leader.cluster !== cluster
}

/** Undefined of a leader that says too little to be written down. */
export const obeyedOf = ({ clusterId, epoch, nonce }: LeadershipEvent): Obeyed | undefined =>
  clusterId === undefined || nonce === undefined ? undefined : { clusterId, epoch, nonce }

export const isSame = (one: Obeyed | undefined, other: Obeyed | undefined): boolean =>
  one?.clusterId === other?.clusterId && one?.epoch === other?.epoch && one?.nonce === other?.nonce

/** Why a leader of another cluster is not obeyed, and what to do. */
export function foreignProblem({ cluster, obeyed }: Known, leader: LeadershipEvent): string {
  const named = (name: string | undefined, id: string | undefined): string =>
    `cluster '${name ?? leader.cluster}'${id === undefined ? '' : ` (id ${id})`}`
  return `${named(leader.cluster, leader.clusterId)} is not that of this agent, which belongs to `
    + `${named(cluster, obeyed?.clusterId)}; its tasks run on, and it looks for its own. If the log of its cluster was `
    + 'lost, restore that; to join the other cluster, start the agent with another --work-dir'
}
