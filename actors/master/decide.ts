/** Decide: which decision answers which message. The whole of the master's mind, as one pure function. */
import { unhandled } from '../../runtime/actor.js'
import { onAccept } from './acceptance.js'
import { onAgentLost, onPingRound, onUnregister } from './agents.js'
import { combine, decision, NOTHING, tell, type Decision, type Knowledge } from './decision.js'
import { onExplain, onExplanation } from './explaining.js'
import {
  onFailoverSweep, onOperatorTeardown, onRevive, onSchedulerLost, onSubscribe, onSuppress, onTeardown,
} from './frameworks.js'
import type { Decidable } from './messages.js'
import { onLook, onLooked } from './looking.js'
import { onAllocated, onDecline, onSweep } from './offering.js'
import { onDrainSweep, onMaintenance } from './maintenance.js'
import { onOwedSweep, onReconcile } from './reconciling.js'
import { onRegister } from './registration.js'
import { onReturn } from './returning.js'
import {
  onAcknowledge, onCheckFit, onExecutorExited, onKill, onMessageFromExecutor, onMessageToExecutor, onOutput,
  onReadOutput, onStatus,
} from './tasks.js'
import { nodesOf, overviewOf } from './overview.js'
import { clusterView, leaderView, viewsOf } from './views.js'

export function decide(knowledge: Knowledge, message: Decidable): Decision {
  const { present } = knowledge
  switch (message.type) {
    case 'return-agent': return onReturn(knowledge, message)
    case 'register-agent': return onRegister(knowledge, message)
    case 'unregister-agent': return onUnregister(knowledge, message)
    case 'task-status': return onStatus(knowledge, message)
    case 'pong': return decision({ changes: [{ type: 'agent-answered', agentId: message.agentId }] })
    case 'executor-exited': return onExecutorExited(knowledge, message)
    case 'task-output': return onOutput(knowledge, message)
    case 'files-listed': case 'machine-measured': return onLooked(knowledge, message)
    case 'message-from-executor': return onMessageFromExecutor(knowledge, message)
    case 'subscribe': return onSubscribe(knowledge, message)
    case 'accept': return onAccept(knowledge, message)
    case 'decline': return onDecline(knowledge, message)
    case 'kill': return onKill(knowledge, message)
    case 'acknowledge': return onAcknowledge(knowledge, message)
    case 'reconcile': return onReconcile(knowledge, message)
    case 'suppress': return onSuppress(knowledge, message)
    case 'revive': return onRevive(knowledge, message)
    case 'framework-message': return onMessageToExecutor(knowledge, message)
    case 'teardown': return onTeardown(knowledge, message)
    case 'check-fit': return onCheckFit(knowledge, message)
    case 'read-output': {
      const scheduler = present.schedulers.get(message.frameworkId)?.ref
      return scheduler ? onReadOutput(knowledge, message, scheduler) : NOTHING
    }
    case 'allocated': return onAllocated(knowledge, message.grants)
    // A peer that has come back under a new address is not lost with its old one.
    case 'agent-lost': {
      const isNews = present.agents.get(message.agentId)?.ref === message.ref
      return isNews ? onAgentLost(knowledge, message.agentId) : NOTHING
    }
    case 'scheduler-lost': {
      const isNews = present.schedulers.get(message.frameworkId)?.ref === message.ref
      return isNews ? onSchedulerLost(knowledge, message.frameworkId) : NOTHING
    }
    case 'ping-round': return onPingRound(knowledge)
    case 'sweep': return combine([
      onSweep(knowledge), onFailoverSweep(knowledge), onDrainSweep(knowledge), onOwedSweep(knowledge),
    ])
    case 'list': {
      const views = viewsOf(knowledge, message.what, message.ids)
      return decision({ effects: tell(message.replyTo, { type: 'views', views }) })
    }
    case 'describe-cluster':
      return decision({ effects: tell(message.replyTo, { type: 'cluster', view: clusterView(knowledge) }) })
    case 'describe-leader':
      return decision({ effects: tell(message.replyTo, { type: 'leader-view', view: leaderView(knowledge) }) })
    case 'describe-overview':
      return decision({ effects: tell(message.replyTo, { type: 'overview', view: overviewOf(knowledge) }) })
    case 'list-nodes':
      return decision({ effects: tell(message.replyTo, { type: 'nodes', nodes: nodesOf(knowledge.present) }) })
    case 'explain': return onExplain(knowledge, message)
    case 'explanation': return onExplanation(knowledge, message)
    case 'operator-activate': case 'operator-deactivate': case 'operator-drain': case 'operator-gone':
      return onMaintenance(knowledge, message)
    case 'operator-teardown': return onOperatorTeardown(knowledge, message)
    case 'operator-kill': return onOperatorKill(knowledge, message)
    case 'operator-read': return onReadOutput(knowledge, { ...message, requestId: 'operator' }, message.replyTo)
    case 'operator-list-files': case 'operator-read-file': case 'operator-measure': return onLook(knowledge, message)
    default: return unhandled(message)
  }
}

function onOperatorKill(knowledge: Knowledge, message: Extract<Decidable, { type: 'operator-kill' }>): Decision {
  const { frameworkId, taskId, replyTo } = message
  const known = knowledge.cluster.frameworks.get(frameworkId)?.tasks.has(taskId)
  if (known) {
    const kill = onKill(knowledge, { type: 'kill', frameworkId, taskId })
    return combine([kill, decision({ effects: tell(replyTo, { type: 'done' }) })])
  }
  return decision({ effects: tell(replyTo, { type: 'not-found', problem: `no live task '${taskId}'` }) })
}
