/** Vitals port: measures a node, for the actor in it that tells masters how it fares (`actors/vitals/`). */
import { pathOf, type Ref } from '../../runtime/address.js'
import type { DeadLetter } from '../../runtime/dead-letters.js'
import type { Vitals } from '../../runtime/neighbourhood.js'
import type { System } from '../../runtime/system.js'
import {
  ACTORS_TOLD_MAX,
  LETTERS_TOLD_MAX,
  VITALS_PATH,
  type ActorVitals,
  type LetterView,
  type NodeVitals,
  type VitalsRequest,
} from '../../actors/protocol/vitals.js'
import { vitals, type GatherCall } from '../../actors/vitals/vitals.js'
import { bodyOf } from '../body.js'
import { lookAt } from './actor-look.js'

const BODY_CHARACTERS_MAX = 4_096
const WORDS_CHARACTERS_MAX = 1_000

interface Interface {
  readonly url: string
  readonly pageKey: string
}

/** Of this process's nodes. */
const INTERFACES = new WeakMap<System, Interface>()

/** An interface has been put on a node: masters that ask how the node fares hear where it answers. */
export const nameInterface = (system: System, named: Interface): void => void INTERFACES.set(system, named)

/** Puts the actor into a node. */
export function spawnVitals(system: System): void {
  const port = system.port<VitalsRequest>('vitals', (request) => {
    const { round, replyTo } = request
    switch (request.type) {
      case 'measure':
        return system.tell(replyTo, { type: 'vitals', round, vitals: vitalsOf(system, request.letters) })
      case 'look':
        return system.tell(replyTo, { type: 'looked', round, ...lookAt(system, request.path) })
      case 'replay': {
        const problem = system.replay(request.number)
        system.tell(replyTo, { type: 'letter-replayed', round, ...(problem === undefined ? {} : { problem }) })
      }
    }
  })
  system.spawn(VITALS_PATH, vitals(port))
}

/** Where a node's own ports ask. */
export const vitalsOfNode = (system: System): Ref<GatherCall> => `${system.node}/${VITALS_PATH}` as Ref<GatherCall>

export function vitalsOf(system: System, letters: number): NodeVitals {
  const all = system.vitals()
  const transport = system.transport()
  const last = letters === 0 ? [] : system.deadLetters.last().slice(-Math.min(letters, LETTERS_TOLD_MAX))
  return {
    node: system.node,
    pid: process.pid,
    uptimeMs: Math.round(process.uptime() * 1_000),
    memoryBytes: process.memoryUsage.rss(),
    actors: all.slice(0, ACTORS_TOLD_MAX).map(actorVitals),
    actorsTotal: all.length,
    letters: last.map(letterView),
    deadLetters: Object.fromEntries(system.deadLetters.countsByReason()),
    ...INTERFACES.get(system),
    ...(transport ? { transport: present({ ...transport, sinceMs: Math.round(transport.sinceMs) }) } : {}),
  }
}

function actorVitals({ address, oldestMs, crashes, recent, ...vital }: Vitals): ActorVitals {
  const told = crashes.map((crash) => ({ ...present(crash), error: short(crash.error) }))
  const [crash, ...before] = told.reverse()
  return {
    ...vital,
    path: pathOf(address),
    oldestMs: Math.max(0, Math.round(oldestMs)),
    recent,
    ...(crash ? { crash } : {}),
    ...(before.length > 0 ? { earlier: before.reverse() } : {}),
  }
}

function letterView({ message, detail, to, from, number, reason, atMs }: DeadLetter): LetterView {
  return present({
    number,
    reason,
    atMs,
    to,
    from,
    type: message?.type,
    detail: detail === undefined ? undefined : short(detail),
    body: message && bodyOf(message).slice(0, BODY_CHARACTERS_MAX),
  })
}

const short = (words: string): string => words.slice(0, WORDS_CHARACTERS_MAX)

/** Absent fields left out, as a schema wants it. */
const present = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
