/** Master desk: a master that is driven by hand, and told what its registrar would tell it. */
import { master } from '../../../actors/master/master.js'
import type { Message } from '../../../actors/master/messages.js'
import type { RegistrarCall, ReplayEvent } from '../../../actors/protocol/registrar.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import { drive, type Driven } from '../../support/drive.js'

export const node = nodeAddress('master', 'driven', '1')
export const registrar = refOf<RegistrarCall>(node, 'driven/registrar')
const idle = { initial: () => null, receive: (state: null) => state }

export type MasterDriver = Driven<unknown, Message>

/** A master that has asked for the log. */
export function begin(): MasterDriver {
  const driven = drive(master({ registrar: idle, allocator: () => idle }), { nowMs: 1_000 }) as MasterDriver
  hearItself(driven)
  return driven
}

/** Hands it what it has said to itself. */
export function hearItself(driven: MasterDriver): void {
  for (const message of driven.toldTo(driven.self)) {
    driven.told.splice(driven.told.findIndex((told) => told.message === message), 1)
    driven.receive(message)
  }
}

/** Tells it something of the replay that it has asked for last. */
export function tell(driven: MasterDriver, event: ReplayEvent): void {
  driven.receive({ ...event, replay: (driven.state as { readonly replay: number }).replay })
}
