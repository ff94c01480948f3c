/** Rest: what must be true of a world in which nothing is wrong any more. Each answers what is not yet. */
import { tasksOf, type TaskRecord } from '../../actors/master/cluster.js'
import type { FrameworkId } from '../../actors/protocol/ids.js'
import { isTerminal } from '../../actors/protocol/task.js'
import { NONE, add, equals, type Resources } from '../../actors/resources/resources.js'
import { agentRef, type AgentPlace, type MasterPlace } from './world/places.js'
import type { World } from './world/world.js'

/** One leads, everybody is with it, and all agree on what runs. */
export function isTogether(world: World): string | undefined {
  const leaders = world.leaders()
  const [leader] = leaders
  if (!leader || leaders.length > 1) {
    const all = world.masters.map(({ name, node }) => `${name} (${node?.state})`)
    return `${leaders.length} masters lead of ${all.join(', ')}`
  }
  return isFollowed(world, leader) ?? isPresent(world, leader) ?? isAgreed(world, leader) ?? isKilled(world)
}

/** What is still to be done when nothing runs any more; remembers what was seen free. */
export function isBusy(world: World): () => string | undefined {
  const free = new Set<string>()
  return () => {
    const [leader] = world.leaders()
    if (!leader?.eye.state) return 'nobody leads'
    for (const name of offeredWhole(leader)) free.add(name)
    const { cluster } = leader.eye.state
    for (const { story } of world.frameworks) {
      const mayCome = world.wallMs < leader.eye.state.present.recoveringUntilMs
      const open = story.open().find((taskId) => !mayCome || story.histories.get(taskId)?.state !== undefined)
      if (open !== undefined) return `the author of ${story.name} does not know how ${open} ended`
    }
    for (const { name, machine, eye } of world.agents) {
      const [running] = machine.running()
      if (running !== undefined) return `${running} still runs at ${name}`
      const [held] = eye.state?.memory.tasks.values() ?? []
      if (held) return `${name} still holds ${held.launchId} (${held.task.taskId}, ${held.state})`
    }
    const [known] = tasksOf(cluster)
    if (known) return `${leader.name} still holds ${known.launchId} (${known.task.taskId}, ${known.state})`
    const kept = world.agents.find(({ name }) => !free.has(name))
    return isTogether(world) ?? (kept && `not all of ${kept.name} was offered`)
  }
}

function isFollowed({ masters, reference }: World, leader: MasterPlace): string | undefined {
  const behind = masters.find(({ eye }) => !eye.folded.isWhole(reference))
  if (behind === leader) return `${leader.name} has decisions that are not in the log`
  return behind && `${behind.name} has not read all of the log`
}

function isPresent({ agents, frameworks }: World, leader: MasterPlace): string | undefined {
  const { present } = leader.eye.state ?? {}
  for (const { name, node, eye } of agents) {
    if (eye.state?.phase !== 'running') return `${name} is ${eye.state?.phase}`
    const link = [...present?.agents.values() ?? []].find(({ ref }) => node && ref === agentRef(node))
    if (!link) return `${name} is not known to be there`
  }
  for (const { story, node, eye } of frameworks) {
    if (eye.state?.phase !== 'subscribed') return `${story.name} is ${eye.state?.phase}`
    const link = present?.schedulers.get(story.frameworkId as FrameworkId)
    if (!link?.ref?.startsWith(`${node?.address}/`)) return `${story.name} is not known to be there`
  }
  return undefined
}

/** Authors, the leader and the machines tell the same of what runs. */
function isAgreed(world: World, leader: MasterPlace): string | undefined {
  const { cluster } = leader.eye.state ?? {}
  if (!cluster) return 'the leader has not begun'
  const live = new Map<string, TaskRecord>()
  for (const task of tasksOf(cluster)) if (!isTerminal(task.state)) live.set(task.launchId, task)
  const runs = new Set(world.agents.flatMap(({ machine }) => machine.running()))
  for (const { frameworkId, task: { taskId, executor }, launchId, state } of live.values()) {
    if (state !== 'RUNNING' && state !== 'KILLING') return `${leader.name} takes ${launchId} (${taskId}) for ${state}`
    const story = world.frameworks.find(({ story: each }) => each.frameworkId === frameworkId)?.story
    const history = story?.histories.get(taskId)
    if (!history || history.over) return `${launchId} (${taskId}) is ${state}, and for its author ${history?.state}`
    if (!executor && !runs.has(launchId)) return `${launchId} (${taskId}) is ${state}, and runs nowhere`
  }
  const known = new Set([...live.values()].map(({ task: { taskId } }) => taskId as string))
  for (const { story } of world.frameworks) {
    // What was asked of a master that did not hear it is not told to be unknown while agents may come back with it.
    const unknown = story.open().find((taskId) =>
      !known.has(taskId) && story.histories.get(taskId)?.state !== undefined)
    if (unknown !== undefined) return `${unknown} is ${story.histories.get(unknown)?.state} for its author alone`
  }
  const forgotten = world.agents.map((agent) => runsUnknown(agent, live, cluster.executors.size > 0))
  return forgotten.find((each) => each !== undefined)
}

/** Each author knows the end of all that it has ever launched. */
export function unheard({ frameworks }: World): string | undefined {
  const waiting = frameworks.find(({ story }) => !story.over && story.open().length > 0)
  return waiting && `the author of ${waiting.story.name} has not heard of ${waiting.story.open()[0]}`
}

/** Whatever was said meanwhile and lost. */
function isKilled({ frameworks }: World): string | undefined {
  const [undead] = frameworks.flatMap(({ story }) => story.undead())
  return undead && `${undead} was to be killed, and goes on`
}

function runsUnknown(
  { name, machine, eye }: AgentPlace, live: ReadonlyMap<string, TaskRecord>, executorsAreKnown: boolean,
): string | undefined {
  const unknown = machine.running().find((launchId) => !live.has(launchId) && !launchId.endsWith('-executor'))
  if (unknown !== undefined) return `${unknown} runs at ${name}, and nobody knows of it`
  const executor = machine.running().find((launchId) => launchId.endsWith('-executor'))
  if (executor !== undefined && !executorsAreKnown) return `${executor} runs at ${name}, and nobody knows of it`
  const held = [...eye.state?.memory.tasks.values() ?? []].find(({ launchId, state }) =>
    !isTerminal(state) && !live.has(launchId))
  return held && `${name} holds ${held.launchId} (${held.state}), and nobody knows of it`
}

/** The agents all of whose resources are on offer. */
function offeredWhole({ eye }: MasterPlace): string[] {
  const { cluster, present } = eye.state ?? {}
  const offered = new Map<string, Resources>()
  for (const { offer: { agentId, resources } } of present?.offers.values() ?? []) {
    offered.set(agentId, add(offered.get(agentId) ?? NONE, resources))
  }
  return [...cluster?.agents.values() ?? []]
    .filter(({ agentId, info }) => equals(offered.get(agentId) ?? NONE, info.resources))
    .map(({ info }) => info.hostname)
}
