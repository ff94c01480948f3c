/** Registry: every message of Warren, by type and by tag. A node gives it to its codec. */
import { Registry } from '../../runtime/registry.js'
import { agentCall, agentEvent } from './agent.js'
import { executorCall, executorEvent } from './executor.js'
import { journalEntry } from './journal.js'
import { leadershipCall, leadershipEvent } from './leadership.js'
import { logRecord } from './log.js'
import { logEntry } from './log-entry.js'
import { schedulerCall, schedulerEvent } from './scheduler.js'
import { vitalsCall, vitalsEvent } from './vitals.js'

export const registry = new Registry(
  leadershipCall, leadershipEvent, agentCall, agentEvent, schedulerCall, schedulerEvent,
  executorCall, executorEvent, logRecord, logEntry, journalEntry,
  vitalsCall, vitalsEvent,
)
