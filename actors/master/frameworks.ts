/** Frameworks: how they subscribe, fall silent, come back and end. Decisions only. */
import type { Ref } from '../../runtime/address.js'
import type { AllocatorCall } from '../protocol/allocator.js'
import type { FrameworkId, Role } from '../protocol/ids.js'
import type { OperatorCall } from '../protocol/operator.js'
import type { SchedulerCall, SchedulerEvent } from '../protocol/scheduler.js'
import { digestOf } from '../protocol/task-digest.js'
import { newId, type FrameworkRecord } from './cluster.js'
import { combine, decision, NOTHING, tell, type Decision, type Effect, type Knowledge } from './decision.js'
import { rescindOfFramework } from './offering.js'
import { onReconcile } from './reconciling.js'
import { frameworkShare } from './shares.js'
import { frameworkProblem } from './validation.js'

/** A master that has just begun to lead gives schedulers at least this long to find it. */
export const RETURN_GRACE_MS = 30_000
/** Whoever has not found it after so long is written down as away; nearly all have by then, and cost no record. */
export const MISSED_AFTER_MS = 5_000

const REPLACED = 'another instance has subscribed under this framework id'

type Call<T extends SchedulerCall['type']> = Extract<SchedulerCall, { type: T }>

export function onSubscribe(knowledge: Knowledge, call: Call<'subscribe'>): Decision {
  const { cluster, present, now } = knowledge
  const ended = call.frameworkId && cluster.completedFrameworks.has(call.frameworkId)
  const problem = ended ? 'this framework has ended; subscribe without its id' : frameworkProblem(call.info)
  if (problem) return decision({ effects: tell(call.scheduler, { type: 'framework-error', problem }) })
  const linked = present.frameworkIds.get(call.scheduler)
  const number = String(cluster.nextFramework).padStart(4, '0')
  const frameworkId = call.frameworkId ?? linked ?? (newId(cluster, number) as FrameworkId)
  const linkedNow = present.schedulers.get(frameworkId)?.ref
  if (call.resumes === true && linkedNow !== undefined && linkedNow !== call.scheduler) {
    // It goes on where it was, and did not hear that a newer instance has replaced it meanwhile.
    return decision({ effects: tell(call.scheduler, { type: 'framework-error', problem: REPLACED }) })
  }
  const known = cluster.frameworks.get(frameworkId)
  const isInformed = known !== undefined && call.knows !== undefined && call.knows === digestOfTasks(known)
  const answer = tell(call.scheduler, {
    type: 'subscribed', frameworkId, epoch: cluster.epoch, cluster: cluster.name,
    ...(isInformed ? { agrees: true } : {}),
  })
  // Asked again because the answer was slow: nothing has changed. But a scheduler that has begun anew has the
  // same address: offers that it never saw would be held for nobody, and it has suppressed and refused nothing.
  const holdsNothing = present.offersTo.isEmpty(frameworkId)
  const isSame = JSON.stringify(known?.info) === JSON.stringify(call.info)
  const isRepeated = isSame && linked === frameworkId && (call.resumes === true || holdsNothing)
  // Before any offer: whoever does not know that a task runs would launch it again.
  const told = known && !isInformed ? onReconcile(knowledge, { frameworkId, taskIds: [] }, call.scheduler) : NOTHING
  if (isRepeated) {
    const answered = decision({ effects: answer })
    if (call.resumes === true) return answered
    return combine([answered, told, onRevive(knowledge, { frameworkId, roles: [] })])
  }
  const isBack = known?.disconnectedSinceMs !== undefined
  // While it is not active it has refused nothing: what an older instance did not want, this one may.
  const refusedNothing: AllocatorCall[] = known ? [{ type: 'deactivate-framework', frameworkId }] : []
  return combine([
    // Offers never outlive a subscription: the new instance has not seen them.
    rescindOfFramework(knowledge, frameworkId),
    decision({
      records: [
        ...(isSame ? [] : [{ type: 'framework-admitted', frameworkId, info: call.info, atMs: now } as const]),
        ...(isBack ? [{ type: 'framework-connected', frameworkId, atMs: now } as const] : []),
      ],
      changes: [{ type: 'scheduler-linked', frameworkId, ref: call.scheduler, atMs: now }],
      allocator: [
        ...refusedNothing, { type: 'add-framework', framework: frameworkShare(frameworkId, call.info) },
      ],
      effects: [...replaced(knowledge, frameworkId, call.scheduler), ...answer, ...sendAgain(knowledge, known)],
    }),
    told,
  ])
}

const digestOfTasks = ({ tasks }: FrameworkRecord): string =>
  digestOf([...tasks.values()].map(({ task: { taskId }, launchId, state }) => ({ taskId, launchId, state })))

/** Its tasks run on until the failover timeout; without one they end with their scheduler. */
export function onSchedulerLost(knowledge: Knowledge, frameworkId: FrameworkId): Decision {
  const framework = knowledge.cluster.frameworks.get(frameworkId)
  if (!framework) return NOTHING
  if (framework.info.failoverTimeoutMs === 0) return endFramework(knowledge, framework)
  return combine([
    rescindOfFramework(knowledge, frameworkId),
    decision({
      records: [{ type: 'framework-disconnected', frameworkId, atMs: knowledge.now }],
      changes: [{ type: 'scheduler-unlinked', frameworkId, atMs: knowledge.now }],
      allocator: [{ type: 'deactivate-framework', frameworkId }],
    }),
  ])
}

/**
 * This master leads from now on, and no scheduler is there yet. Who was away before goes on being so; but nobody has
 * failed to come back who could not have heard yet of whom to come back to.
 */
export function onElected({ cluster, now }: Knowledge): Decision {
  return decision({
    changes: [
      { type: 'return-awaited', untilMs: now + RETURN_GRACE_MS },
      ...[...cluster.frameworks.values()].map(({ frameworkId, disconnectedSinceMs: atMs = now }) =>
        ({ type: 'scheduler-unlinked', frameworkId, atMs }) as const),
    ],
  })
}

/** Frameworks whose schedulers have not come back to a new leader, and those that have stayed away too long. */
export function onFailoverSweep(knowledge: Knowledge): Decision {
  const { cluster, present, now } = knowledge
  const electedMs = present.returnAwaitedUntilMs - RETURN_GRACE_MS
  if (now < electedMs + MISSED_AFTER_MS) return NOTHING
  return combine([NOTHING, ...[...present.schedulers].map(([frameworkId, { ref, sinceMs }]) => {
    const framework = cluster.frameworks.get(frameworkId)
    if (!framework || ref) return NOTHING
    const isOver = now >= present.returnAwaitedUntilMs && now - sinceMs >= framework.info.failoverTimeoutMs
    if (isOver) return endFramework(knowledge, framework)
    // For the masters after this one, which must count on from here.
    const isWritten = framework.disconnectedSinceMs !== undefined
    return isWritten ? NOTHING
      : decision({ records: [{ type: 'framework-disconnected', frameworkId, atMs: sinceMs }] })
  })])
}

export function onTeardown(knowledge: Knowledge, call: Call<'teardown'>): Decision {
  const framework = knowledge.cluster.frameworks.get(call.frameworkId)
  if (!framework) return NOTHING
  const scheduler = knowledge.present.schedulers.get(call.frameworkId)?.ref
  return combine([
    endFramework(knowledge, framework),
    decision({ effects: tell(scheduler, { type: 'torn-down', frameworkId: call.frameworkId }) }),
  ])
}

/** The scheduler, should it live, is told that it is over; what has ended stays ended. */
export function onOperatorTeardown(
  knowledge: Knowledge, { frameworkId, replyTo }: Extract<OperatorCall, { type: 'operator-teardown' }>,
): Decision {
  const { cluster, present } = knowledge
  const framework = cluster.frameworks.get(frameworkId)
  if (!framework && !cluster.completedFrameworks.has(frameworkId)) {
    const problem = `there is no framework '${frameworkId}'`
    return decision({ effects: tell(replyTo, { type: 'not-found', problem }) })
  }
  const problem = 'an operator has torn this framework down'
  return combine([
    framework ? endFramework(knowledge, framework) : NOTHING,
    decision({ effects: [
      ...tell(present.schedulers.get(frameworkId)?.ref, { type: 'framework-error', problem }),
      ...tell(replyTo, { type: 'done', changed: framework !== undefined }),
    ] }),
  ])
}

export function onSuppress({ cluster, present }: Knowledge, call: Call<'suppress'>): Decision {
  const roles = rolesOf(cluster.frameworks.get(call.frameworkId), call.roles)
  if (roles.length === 0) return NOTHING
  const before = present.schedulers.get(call.frameworkId)?.suppressed ?? []
  const suppressed = [...new Set([...before, ...roles])]
  return decision({
    changes: [{ type: 'roles-suppressed', frameworkId: call.frameworkId, roles: suppressed }],
    allocator: [{ type: 'suppress-roles', frameworkId: call.frameworkId, roles }],
  })
}

export function onRevive(
  { cluster, present }: Knowledge, call: Pick<Call<'revive'>, 'frameworkId' | 'roles'>,
): Decision {
  const roles = rolesOf(cluster.frameworks.get(call.frameworkId), call.roles)
  if (roles.length === 0) return NOTHING
  const before = present.schedulers.get(call.frameworkId)?.suppressed ?? []
  const suppressed = before.filter((role) => !roles.includes(role))
  return decision({
    changes: [{ type: 'roles-suppressed', frameworkId: call.frameworkId, roles: suppressed }],
    allocator: [{ type: 'revive-roles', frameworkId: call.frameworkId, roles }],
  })
}

function endFramework(knowledge: Knowledge, { frameworkId, tasks }: FrameworkRecord): Decision {
  const { cluster, present, now } = knowledge
  const killed = [...tasks.values()].filter(({ launchId }) => present.kills.has(launchId))
  return combine([
    rescindOfFramework(knowledge, frameworkId),
    decision({
      records: [{ type: 'framework-removed', frameworkId, atMs: now }],
      changes: [
        { type: 'scheduler-forgotten', frameworkId },
        ...killed.map(({ launchId }) => ({ type: 'kill-over', launchId }) as const),
      ],
      allocator: [{ type: 'remove-framework', frameworkId }],
      effects: [...present.agents.values()].flatMap(({ ref }) =>
        tell(ref, { type: 'shutdown-framework', epoch: cluster.epoch, frameworkId })),
    }),
  ])
}

/**
 * Its agents may have given up on it for minutes; what they have to tell, it can hear now. After a failover
 * an agent tells everything when it comes, so only those are asked who came before their scheduler.
 */
function sendAgain({ cluster, present }: Knowledge, framework: FrameworkRecord | undefined): Effect[] {
  if (!framework) return []
  const { frameworkId } = framework
  const mayWait = present.schedulers.get(frameworkId)?.wasLinked ? [...framework.tasks.values()] : []
  const agentIds = new Set([...mayWait.map((task) => task.agentId), ...present.unheard.of(frameworkId)])
  return [...agentIds].flatMap((agentId) => tell(present.agents.get(agentId)?.ref, {
    type: 'scheduler-back', epoch: cluster.epoch, frameworkId,
  }))
}

/** An older instance under the same id learns that it has been replaced. */
function replaced({ present }: Knowledge, frameworkId: FrameworkId, by: Ref<SchedulerEvent>) {
  const before = present.schedulers.get(frameworkId)?.ref
  if (before === undefined || before === by) return []
  return tell(before, { type: 'framework-error', problem: REPLACED })
}

/** None named means all; one that is not the framework's makes the call void. */
function rolesOf(framework: FrameworkRecord | undefined, named: readonly Role[]): readonly Role[] {
  if (!framework) return []
  if (named.length === 0) return framework.info.roles
  return named.every((role) => framework.info.roles.includes(role)) ? named : []
}
