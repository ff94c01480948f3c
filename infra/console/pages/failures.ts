/** Failures: how often an actor has failed, and what its supervision made of it, in words. Pure. */
import type { ActorVitals } from '../../../actors/protocol/vitals.js'

export type Crash = NonNullable<ActorVitals['crash']>

export const DECIDED: Readonly<Record<string, string>> = {
  restart: 'restarted', stop: 'stopped', escalate: 'escalated to its parent',
}

/** A restart follows each failure but one that ended it; of those that are told none is left out. */
export const timesFailed = ({ crash, earlier = [], restarts }: ActorVitals): number =>
  Math.max(restarts + (crash && crash.decision !== 'restart' ? 1 : 0), earlier.length + (crash ? 1 : 0))
