/** Observer: asks the cluster over HTTP how it stands, and reads what it has left on disk. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentView, ClusterView, FrameworkView } from '../../../actors/protocol/operator.js'
import { openTasks, readHistory } from './history.js'
import { pendingIn, readJournal } from './disk.js'
import type { Load, Master, Stage } from './stage.js'

const ANSWER_MAX_MS = 1_500
const POLL_MS = 100

async function ask<Answer>(master: Master, path: string): Promise<Answer | undefined> {
  try {
    const answer = await fetch(`${await master.url()}${path}`, { signal: AbortSignal.timeout(ANSWER_MAX_MS) })
    return answer.ok ? await answer.json() as Answer : undefined
  } catch {
    return undefined // It is away, or frozen; whoever asks asks again.
  }
}

export async function viewOf(master: Master): Promise<ClusterView | undefined> {
  if (!master.isUp) return undefined
  return (await ask<{ readonly cluster: ClusterView }>(master, '/v1/cluster'))?.cluster
}

/** What all masters must agree about: offers and who leads are the leader's own business. */
export const beliefOf = ({ cluster, epoch, leader, agents, frameworks, tasks }: ClusterView) =>
  ({ cluster, epoch, leader, agents, frameworks, tasks })

/** The master that leads, if there is one at present. */
export async function leaderOf({ masters }: Stage): Promise<{ master: Master; view: ClusterView } | undefined> {
  const views = await Promise.all(masters.map(async (master) => ({ master, view: await viewOf(master) })))
  const leading = views.flatMap(({ master, view }) => (view?.leading ? [{ master, view }] : []))
  return leading.toSorted((a, b) => b.view.epoch - a.view.epoch)[0]
}

/** The place of the broker that the leader's node is with, among the stage's brokers. */
export async function brokerOf(master: Master): Promise<string | undefined> {
  try {
    const answer = await fetch(`${await master.url()}/readyz?verbose`, { signal: AbortSignal.timeout(ANSWER_MAX_MS) })
    return /at amqps?:\/\/[^\s,]*:(\d+)/.exec(await answer.text())?.[1]
  } catch {
    return undefined
  }
}

/** As the leader sees it; undefined when nobody leads, or it is unknown. */
export async function stateOfAgent(stage: Stage, name: string): Promise<AgentView['state'] | undefined> {
  const leader = await leaderOf(stage)
  const agents = leader && (await ask<{ agents: AgentView[] }>(leader.master, '/v1/agents?limit=1000'))?.agents
  return agents?.find(({ hostname }) => hostname === name)?.state
}

/** What is missing until all are there and agree; undefined when nothing is. */
export async function notWhole(stage: Stage): Promise<string | undefined> {
  const fault = stage.isThere.map((member) => member.fault).find((each) => each !== undefined)
  if (fault !== undefined) throw new Error(fault)
  const views = await Promise.all(stage.masters.map(viewOf))
  const silent = stage.masters.find((_, index) => views[index] === undefined)
  if (silent) return `${silent.name} does not answer`
  const known = views.filter((view) => view !== undefined)
  // Tasks come and go under load; whether all know the same of them can be seen only at rest.
  const beliefs = new Set(known.map((view) => JSON.stringify({ ...beliefOf(view), tasks: undefined })))
  if (beliefs.size !== 1) return `masters do not agree: ${[...beliefs].join(' ')}`
  const leaders = stage.masters.filter((_, index) => known[index]?.leading)
  const [leader] = leaders
  if (!leader || leaders.length > 1) return `${leaders.length} masters lead`
  const agents = (await ask<{ agents: AgentView[] }>(leader, '/v1/agents?limit=1000'))?.agents ?? []
  const epoch = known[0]?.epoch
  const away = stage.agents.find(({ name, logs }) => epochsIn(logs.slice(-1))[0]?.at(-1) !== epoch
    || !agents.some(({ hostname, state }) => hostname === name && state === 'active'))
  if (away) return `${away.name} is not active`
  const frameworks = (await ask<{ frameworks: FrameworkView[] }>(leader, '/v1/frameworks?limit=1000'))?.frameworks ?? []
  const absent = stage.frameworks.find((framework) => !isSubscribed(framework)
    || !frameworks.some(({ name, state }) => name === framework.name && state === 'active'))
  return absent && `${absent.name} is not connected`
}

/** By its own word: a master may not have noticed yet that an earlier life is over. */
function isSubscribed({ load: { historyPath }, logs }: Load): boolean {
  const last = readHistory(historyPath).findLast(({ event }) => event === 'subscribed' || event === 'disconnected')
  return last?.event === 'subscribed' && last.life === logs.length
}

/** What is missing until every task has its end everywhere and all is free again. */
export async function notAtRest(stage: Stage): Promise<string | undefined> {
  const missing = await notWhole(stage)
  if (missing !== undefined) return missing
  for (const { name, load } of stage.frameworks) {
    const { heard } = openTasks(readHistory(load.historyPath))
    if (heard.length > 0) return `${name} still waits for ${heard.slice(0, 3).join(', ')} (${heard.length})`
  }
  for (const agent of stage.agents) {
    const [first, ...others] = pendingIn(readJournal(stage.workDir(agent)))
    if (first) return `${agent.name} still holds ${first} and ${others.length} more`
  }
  const leader = await leaderOf(stage)
  const agents = leader && (await ask<{ agents: AgentView[] }>(leader.master, '/v1/agents?limit=1000'))?.agents
  if (!leader || !agents) return 'the leader does not answer'
  if (leader.view.tasks > 0) return `the leader knows ${leader.view.tasks} live tasks`
  const views = await Promise.all(stage.masters.map(viewOf))
  const beliefs = new Set(views.map((view) => JSON.stringify(view && beliefOf(view))))
  if (beliefs.size > 1) return `masters do not agree: ${[...beliefs].join(' ')}`
  const busy = agents.find(({ used }) => Object.values(used).some((amount) => amount !== 0 && amount !== ''))
  return busy && `${busy.hostname} is used: ${JSON.stringify(busy.used)}`
}

/** Asks again until nothing is missing; answers after how long and what came last, or what was missing in the end. */
export async function until(
  missing: () => Promise<string | undefined>, timeoutMs: number,
): Promise<{ readonly tookMs: number; readonly last?: string; readonly missing?: string }> {
  const begunAt = performance.now()
  let last: string | undefined
  for (;;) {
    const what = await missing()
    const tookMs = Math.round(performance.now() - begunAt)
    if (what === undefined) return { tookMs, ...(last === undefined ? {} : { last }) }
    last = what
    if (tookMs > timeoutMs) return { tookMs, missing: what }
    await delay(POLL_MS)
  }
}

/** The epochs under which an agent was registered, by life. */
export const epochsIn = (logs: readonly string[]): number[][] => logs.map((path) =>
  [...readFileSync(path, 'utf8').matchAll(/"epoch":(\d+),"msg":"registered as/g)].map(([, epoch]) => Number(epoch)))
