/**
 * Replayable: the actors that can be built again from a recording, with the behaviour that they have in their
 * node. Whom they would spawn does not run; the addresses of their ports are those of the recorded node.
 */
import { agent } from '../../actors/agent/agent.js'
import { POLICY } from '../../actors/allocator/eligibility.js'
import { allocator } from '../../actors/allocator/allocator.js'
import { master } from '../../actors/master/master.js'
import type { AgentInfo } from '../../actors/protocol/agent.js'
import { scheduler } from '../../actors/scheduler/scheduler.js'
import { nodeOf, pathOf, refBelow, refOf, type Ref } from '../../runtime/address.js'
import type { AnyActor } from '../../runtime/incarnation.js'
import type { AuthorFramework } from '../author/framework-file.js'
import type { HopRecord } from './hop-record.js'

export interface ReplayOptions {
  /** The framework of a scheduler. */
  readonly framework?: AuthorFramework
  readonly user: string
  /** As the master was started. */
  readonly shareOffers: boolean
}

/** For people: which can be. */
export const REPLAYABLE = 'master, master/allocator, agent, and scheduler (with --framework-file)'

const NOBODY = { initial: () => null, receive: (state: unknown) => state }
type Build = (address: Ref<never>, hops: readonly HopRecord[], options: ReplayOptions) => unknown

const BUILDS: Readonly<Record<string, Build>> = {
  master: () => master({ registrar: NOBODY, allocator: () => NOBODY } as unknown as Parameters<typeof master>[0]),
  'master/allocator': (address, _hops, { shareOffers }) =>
    allocator({ master: refOf(nodeOf(address), 'master'), policy: { ...POLICY, shareOffers } }),
  agent(address, hops) {
    const isRegistration = ({ kind, type, from }: HopRecord) =>
      kind === 'sent' && type === 'register-agent' && from === address
    const info = hops.find(isRegistration)?.body?.['info'] as AgentInfo | undefined
    const port = <M>(name: string): Ref<M> => refBelow<M>(nodeOf(address), `port.${name}`)
    return info && agent({
      info, journal: port('journal'), launcher: port('launcher'), output: port('output'), usage: port('usage'),
      owner: port('owner'),
      executors: { command: () => NOBODY, process: () => NOBODY },
    })
  },
  scheduler: (address, _hops, { framework, user }) =>
    framework && scheduler(framework, { user, owner: refBelow(nodeOf(address), 'port.owner') }),
}

/** What such an actor sends first, in each of its lives. */
const FIRST_SENT: Readonly<Record<string, string>> = {
  master: 'begin', 'master/allocator': 'allocator-started', agent: 'replay', scheduler: 'find-leader',
}

export const isReplayable = (address: string): boolean => pathOf(address as Ref<never>) in FIRST_SENT

/** Whether the recording begins with the actor: what it was given before that would be missing. */
export function holdsBeginning(address: string, hops: readonly HopRecord[]): boolean {
  const first = hops.find(({ kind, from, to }) =>
    (kind === 'sent' && from === address) || (kind === 'delivered' && to === address))
  return first?.kind === 'sent' && first.type === FIRST_SENT[pathOf(address as Ref<never>)]
}

/** Undefined when the recording does not say enough, or the actor is none of these. */
export function actorAt(address: string, hops: readonly HopRecord[], options: ReplayOptions): AnyActor | undefined {
  const build = BUILDS[pathOf(address as Ref<never>)]
  return build?.(address as Ref<never>, hops, options) as AnyActor | undefined
}
