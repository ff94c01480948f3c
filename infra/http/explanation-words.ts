/** Explanation words: why something waits, in sentences. Pure. */
import type { FrameworkExplanation, Place, ReasonView } from '../../actors/protocol/explanation.js'
import type { AgentView, RoleView, TaskView } from '../../actors/protocol/operator.js'
import { isTerminal } from '../../actors/protocol/task.js'
import { age, amounts } from '../cli/columns.js'

export function reasonText(reason: ReasonView, nowMs: number): string {
  const inRole = reason.role === undefined ? '' : ` in role ${reason.role}`
  switch (reason.kind) {
    case 'agent-unknown': return 'the allocator does not know it yet'
    case 'agent-inactive': return 'it is not active'
    case 'nothing-left': return 'nothing of it is left'
    case 'below-minimum': return 'what is left of it is too little to be offered'
    case 'framework-unknown': return 'the allocator does not know the framework yet'
    case 'framework-inactive': return 'the framework is disconnected'
    case 'not-subscribed': return `the framework is not subscribed${inRole}`
    case 'suppressed': return `the framework asks for no offers${inRole}`
    case 'short': {
      const lacks = reason.lacks.map(({ name, free, needs, total }) =>
        `${name} ${free} < ${needs}${total === undefined ? '' : ` (${total} in all)`}`)
      return `short of ${lacks.join(', ')}`
    }
    case 'filtered': {
      const which = reason.offer === undefined ? '' : ` (offer ${reason.offer})`
      const forHow = left(reason.until, nowMs)
      return `it did not take ${amounts(reason.refused, true)}${which}: as much is not offered again for ${forHow}`
    }
    case 'outranked': {
      const { level, byRole, theirs, share } = reason
      const who = level === 'role' ? `role ${byRole} comes first, and in it ${named(reason)}`
        : `${named(reason)} comes first`
      return `${who}: a share of ${percent(theirs)} ${theirs < share ? '<' : 'against'} ${percent(share)}`
    }
    case 'unreachable': return `unreachable for ${age(reason.since, nowMs)}`
    case 'disconnected': return `disconnected for ${age(reason.since, nowMs)}`
    case 'draining': return `drained by an operator, ${age(reason.since, nowMs)} ago`
    case 'deactivated': return 'deactivated by an operator'
    case 'held': {
      const since = `for ${age(reason.since, nowMs)}`
      const { turn } = reason
      const whose = turn?.role === undefined ? 'whose turn came' : `whose role ${turn.role} had its turn`
      const ranked = turn === undefined ? '' : `, ${whose} with a share of ${percent(turn.share)}`
      const whom = reason.isOwn ? `the framework itself ${since}: it has not answered`
        : `${named(reason)} ${since}${ranked}`
      return `${amounts(reason.resources, true)} held by offer ${reason.offer} to ${whom}`
    }
    case 'in-use': {
      const tasks = reason.tasks === 0 ? 'executors' : reason.tasks === 1 ? '1 task' : `${reason.tasks} tasks`
      return `${amounts(reason.resources, true)} in use by ${tasks} of ${reason.isOwn ? 'its own' : named(reason)}`
    }
  }
}

/** It is so with every agent: said beside one only where nothing of its own keeps it. */
const OF_FRAMEWORK: ReadonlySet<ReasonView['kind']> =
  new Set(['framework-unknown', 'framework-inactive', 'not-subscribed', 'suppressed'])
/** What the resources that are lacking say better. */
const OF_ROOM: ReadonlySet<ReasonView['kind']> = new Set(['nothing-left', 'below-minimum'])

/** What is worth a line beside an agent. */
export function agentLines(reasons: readonly ReasonView[], nowMs: number): string[] {
  if (reasons.length === 0) return ['would be offered next']
  const isShort = reasons.some(({ kind }) => kind === 'short')
  const own = reasons.filter(({ kind }) => !OF_FRAMEWORK.has(kind) && !(isShort && OF_ROOM.has(kind)))
  return (own.length > 0 ? own : reasons).map((reason) => reasonText(reason, nowMs))
}

/** What it comes to, in one sentence. */
export function frameworkText(explanation: FrameworkExplanation): string {
  const { state, roles, suppressed, needs, agentsTotal, serving, offers } = explanation
  if (state === 'disconnected') return 'it is disconnected: it is offered nothing until it is back'
  if (roles.every((role) => suppressed.includes(role))) return 'it asks for no offers: it wants nothing now'
  const waits = needs === undefined ? '' : `it waits for agents with ${amounts(needs)}; `
  const unanswered = offers === 0 ? '' : `; ${offers === 1 ? '1 offer waits' : `${offers} offers wait`} for its answer`
  if (agentsTotal === 0) return `${waits}there is no agent`
  const agents = agentsTotal === 1 ? 'the only agent' : `${serving} of ${agentsTotal} agents`
  const verb = agentsTotal === 1 && serving === 0 ? 'is not offered to it' : 'would be offered to it next'
  return `${waits}${agents} ${verb}${unanswered}`
}

/** Where it stands among those who are asked, in each of its roles, and who comes before it. */
export function standingTexts({ standings, names, suppressed }: FrameworkExplanation): string[] {
  return standings.flatMap(({ role, weight, ofRole, ofFramework }) => {
    const weighted = weight === 1 ? '' : `, by its weight of ${weight}`
    const roles = ofRole.of > 1 && ofRole.place !== undefined ? `, ${place(ofRole)} roles` : ''
    const rolesBefore = ofRole.before.map((each) => `role ${each.name} ${percent(each.share)}`)
    const before = ofFramework.before
      .map(({ name, share }) => `${named({ framework: name, name: names[name] ?? '' })} ${percent(share)}`)
    const all = [...rolesBefore, ...before]
    const where = suppressed.includes(role) ? 'and wants no offers' : place(ofFramework)
    return [
      `role ${role}: a share of ${percent(ofRole.share)} with offers${weighted}${roles}; ` +
        `in it this framework has ${percent(ofFramework.share)}, ${where}`,
      ...all.length === 0 ? [] : [`asked before it: ${all.join(', ')}`],
    ]
  })
}

export function roleText({ id, share, dominant, members }: RoleView): string {
  const frameworks = members.length === 1 ? '1 framework' : `${members.length} frameworks`
  const most = dominant === '' ? '' : `, most of ${dominant}`
  return `role ${id} has ${percent(share)} of the cluster${most}, and ${frameworks}`
}

export function taskText(task: TaskView, agent: AgentView | undefined, nowMs: number): string {
  const { state, launchedAt, changedAt, message } = task
  const where = agent === undefined ? task.agent : `${agent.name ?? agent.hostname} (${agent.id})`
  const isAway = agent !== undefined && agent.connection !== 'connected'
  const away = isAway ? `; that agent is ${agent.connection}` : ''
  if (isTerminal(state)) return `it has ended: ${state} ${age(changedAt, nowMs)} ago${message ? `, ${message}` : ''}`
  switch (state) {
    case 'STAGING': return `it was sent to ${where} ${age(launchedAt, nowMs)} ago, and has not begun yet${away}`
    case 'UNREACHABLE': return `its agent ${where} has been away for ${age(changedAt, nowMs)}; ` +
      'the task may be running there, and returns with it'
    case 'KILLING': return `it is being ended on ${where}, for ${age(changedAt, nowMs)}${away}`
    default: return `it has its place: ${state} on ${where} for ${age(changedAt, nowMs)}${away}`
  }
}

const named = ({ framework, name }: { readonly framework: string; readonly name: string }): string =>
  name === '' ? framework : `${name} (${framework})`

const place = ({ place, of }: Place<string>): string => (place === undefined ? 'not asked' : `place ${place} of ${of}`)

const percent = (share: number): string => `${Math.round(share * 1_000) / 10} %`

/** How long it is until then. */
const left = (until: string, nowMs: number): string => age(new Date(nowMs).toISOString(), Date.parse(until))
