/** Actor look: what a node tells of one of its actors, made here because what is secret must not leave the node. */
import type { Waiting } from '../../runtime/look.js'
import type { System } from '../../runtime/system.js'
import {
  STATE_CHARACTERS_MAX, WAITING_CHARACTERS_MAX, WAITING_TOLD_MAX, type ActorLook,
} from '../../actors/protocol/vitals.js'
import { redacted } from '../secrecy.js'
import { take } from '../snapshot/take.js'

const TYPE_CHARACTERS_MAX = 255

export function lookAt(
  system: System, path: string,
): { readonly look: ActorLook } | { readonly refusal: 'no-such-actor' } {
  const seen = system.look(path, WAITING_TOLD_MAX)
  if (!seen) return { refusal: 'no-such-actor' }
  const { waiting, waitingTotal, state } = seen
  const held = state === undefined ? {} : { state: JSON.stringify(take(state, STATE_CHARACTERS_MAX)) }
  return { look: { waiting: waiting.map(told), waitingTotal, ...held } }
}

function told({ message, from, waitedMs, isNotice, deadlineMs }: Waiting): ActorLook['waiting'][number] {
  const { type: _, ...body } = redacted(message)
  return {
    type: message.type.slice(0, TYPE_CHARACTERS_MAX),
    ...(from === undefined ? {} : { from }),
    waitedMs: Math.max(0, Math.round(waitedMs)),
    ...(deadlineMs === undefined ? {} : { deadlineMs: Math.max(0, Math.round(deadlineMs)) }),
    isNotice,
    body: JSON.stringify(take(body, WAITING_CHARACTERS_MAX)),
  }
}
