/** Fault: something that is done to a cluster under load, and undone again. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../../runtime/random.js'
import type { ClusterView } from '../../../actors/protocol/operator.js'
import { leaderOf, until } from './observer.js'
import type { Master, Stage } from './stage.js'

export interface Fault {
  /** Of the matrix of faults, whose numbers the table of a run shows. */
  readonly row: string
  readonly brokersMin?: number
  /** It takes minutes; a run has it only when it is named. */
  readonly isSlow?: boolean
  /** Resolves once it is undone; answers what was seen that must not be, beside what the checker finds. */
  inject(stage: Stage, random: Random): Promise<readonly string[]>
}

const LEADER_MAX_MS = 60_000

export const between = (random: Random, min: number, max: number): number =>
  Math.round(min + (max - min) * random.next())

export const chosen = <T>(random: Random, all: readonly T[]): T => {
  const one = all[Math.floor(random.next() * all.length)]
  if (one === undefined) throw new Error('there is nothing to choose from')
  return one
}

/** Load is what a fault needs, and load takes time. */
export const hold = (random: Random, minMs: number, maxMs: number): Promise<void> =>
  delay(between(random, minMs, maxMs))

/** Waits for one; throws when nobody leads for a minute, which no fault excuses once it is undone. */
export async function someLeader(stage: Stage): Promise<{ readonly master: Master; readonly view: ClusterView }> {
  let found: Awaited<ReturnType<typeof leaderOf>>
  const { missing } = await until(async () => {
    found = await leaderOf(stage)
    return found ? undefined : 'nobody leads'
  }, LEADER_MAX_MS)
  if (!found) throw new Error(`${missing} after ${LEADER_MAX_MS} ms`)
  return found
}
