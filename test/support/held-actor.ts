/** Held actor: one that will not begin for an hour, so that what is sent to it waits for as long as a test looks. */
import type { Ref } from '../../runtime/address.js'
import type { AnyMessage } from '../../runtime/item.js'
import { RESTART } from '../../runtime/supervision.js'
import type { System } from '../../runtime/system.js'

const HOUR_MS = 3_600_000

/** It fails as it begins, and its supervision waits. */
export function holdActor(system: System, name: string, messages: readonly AnyMessage[]): Ref<AnyMessage> {
  const broken = {
    initial: (): null => { throw new Error('it is not time yet') },
    receive: (state: null) => state,
  }
  const ref = system.spawn(name, broken, { ...RESTART, backoffMs: HOUR_MS, backoffMaxMs: HOUR_MS })
  for (const message of messages) system.tell(ref, message)
  return ref
}
