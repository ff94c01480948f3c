/** Faults: all that can be done to a cluster here, by name. */
import { BROKER_FAULTS } from './broker-faults.js'
import type { Fault } from './fault.js'
import { MASTER_FAULTS } from './master-faults.js'
import { NODE_FAULTS } from './node-faults.js'

export const FAULTS: ReadonlyMap<string, Fault> =
  new Map(Object.entries({ ...MASTER_FAULTS, ...BROKER_FAULTS, ...NODE_FAULTS }))
