/** Node faults: agents and schedulers that are killed, frozen, cut off, or without a disk. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { HEARTBEAT_SECONDS } from '../../../infra/amqp/connection.js'
import { chosen, type Fault, hold, someLeader } from './fault.js'
import { readHistory } from './history.js'
import type { Member } from './member.js'
import { stateOfAgent, until } from './observer.js'
import type { Load, Stage } from './stage.js'

const NONE: readonly string[] = []
const ACCEPTED_MAX_MS = 10_000
/** Three heartbeats, and what it takes to come back on a machine with much else to do. */
const NOTICED_MAX_MS = 3 * HEARTBEAT_SECONDS * 1_000 + 5_000
/** Of the leader's death its broker tells at once; the rest is what a machine with much else to do needs. */
const FOLLOWED_MAX_MS = 20_000
/** As long as a master waits for an agent by itself, its rounds and a takeover included. */
const UNREACHABLE_MAX_MS = 150_000

const waysOf = (stage: Stage, { name }: Member) => stage.ways.get(name) ?? []

/** Its process may write no file beyond this size: what a full disk is to its journal, whose reserve lies within. */
const limitFiles = ({ pid }: Member, bytes: number | 'unlimited') =>
  promisify(execFile)('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:`])

const fillDisk = (stage: Stage, agent: Member, leftBytes: number) =>
  limitFiles(agent, statSync(join(stage.workDir(agent), 'journal')).size + leftBytes)

async function nextAcceptance({ name, load: { historyPath } }: Load): Promise<void> {
  const count = () => readHistory(historyPath).filter(({ event }) => event === 'accepted').length
  const before = count()
  await until(async () => (count() > before ? undefined : `${name} accepts nothing`), ACCEPTED_MAX_MS)
}

async function killed(members: readonly Member[], pause: () => Promise<void>): Promise<readonly string[]> {
  await Promise.all(members.map((member) => member.kill()))
  await pause()
  for (const member of members) member.start()
  return NONE
}

async function frozen(member: Member, pause: () => Promise<void>): Promise<readonly string[]> {
  member.signal('SIGSTOP')
  await pause()
  member.signal('SIGCONT')
  return NONE
}

/** Each task that ran there is told of as unreachable once. */
function toldTwice({ frameworks }: Stage): string[] {
  return frameworks.flatMap(({ name, load }) => {
    const told = readHistory(load.historyPath).flatMap((event) =>
      event.event === 'updated' && event.update.state === 'UNREACHABLE' && event.update.reason !== 'reconciliation'
        ? [event.update.taskId ?? ''] : [])
    return told.filter((taskId, index) => told.indexOf(taskId) !== index)
      .map((taskId) => `${name} was told twice that ${taskId} is unreachable`)
  })
}

async function unreachable(stage: Stage, agent: Member): Promise<readonly string[]> {
  const { missing } = await until(async () => {
    const state = await stateOfAgent(stage, agent.name)
    return state === 'unreachable' ? undefined : `${agent.name} is ${state ?? 'unknown'}, and should be unreachable`
  }, UNREACHABLE_MAX_MS)
  return [...(missing === undefined ? [] : [missing]), ...toldTwice(stage)]
}

export const NODE_FAULTS: Readonly<Record<string, Fault>> = {
  'agent-killed': {
    row: '16',
    inject: (stage, random) => killed([chosen(random, stage.agents)], () => hold(random, 0, 6_000)),
  },
  'agents-all-killed': {
    row: '16',
    inject: (stage, random) => killed(stage.agents, () => hold(random, 0, 3_000)),
  },
  'agent-stalled': {
    row: '25',
    inject: (stage, random) => frozen(chosen(random, stage.agents), () => hold(random, 1_000, 12_000)),
  },
  /** A network whose packets are dropped: nothing arrives, and no new connection comes about. */
  'agent-cut-off': {
    row: '15',
    async inject(stage, random) {
      const ways = waysOf(stage, chosen(random, stage.agents))
      for (const way of ways) way.freeze()
      await hold(random, 2_000, 25_000)
      for (const way of ways) way.thaw()
      return NONE
    },
  },
  /** Half-open connections: nothing arrives on those that there are, and new ones are as good as any. */
  'agent-half-open': {
    row: '15',
    async inject(stage, random) {
      const agent = chosen(random, stage.agents)
      const returns = () => agent.log().split('"connected again"').length
      const before = returns()
      for (const way of waysOf(stage, agent)) way.strand()
      const unnoticed = `${agent.name} has not noticed that its connections are dead`
      const { missing } = await until(async () => (returns() > before ? undefined : unnoticed), NOTICED_MAX_MS)
      return missing === undefined ? NONE : [missing]
    },
  },
  'agent-disk-full': {
    row: '25',
    async inject(stage, random) {
      const agent = chosen(random, stage.agents)
      await fillDisk(stage, agent, Math.floor(random.next() * 2_000))
      await hold(random, 1_000, 6_000)
      await limitFiles(agent, 'unlimited')
      return NONE
    },
  },
  'agent-disk-full-led-on': {
    row: '1, 25',
    async inject(stage, random) {
      const agent = chosen(random, stage.agents)
      const { master } = await someLeader(stage)
      await fillDisk(stage, agent, 0)
      await master.kill()
      await someLeader(stage)
      const { missing } = await until(async () => (await stateOfAgent(stage, agent.name) === 'active'
        ? undefined : `${agent.name} does not follow the next leader on a full disk`), FOLLOWED_MAX_MS)
      await limitFiles(agent, 'unlimited')
      master.start()
      return missing === undefined ? NONE : [missing]
    },
  },
  'agent-gone': {
    row: '17, 18', isSlow: true,
    async inject(stage, random) {
      const agent = chosen(random, stage.agents)
      await agent.kill()
      const seen = await unreachable(stage, agent)
      agent.start()
      return seen
    },
  },
  'agent-returns': {
    row: '18', isSlow: true,
    async inject(stage, random) {
      const agent = chosen(random, stage.agents)
      for (const way of waysOf(stage, agent)) way.freeze()
      const seen = await unreachable(stage, agent)
      for (const way of waysOf(stage, agent)) way.thaw()
      return seen
    },
  },
  'scheduler-killed': {
    row: '21',
    async inject(stage, random) {
      const framework = chosen(random, stage.frameworks)
      await nextAcceptance(framework)
      // Sometimes at once, sometimes when the first updates are on their way.
      await delay(Math.floor(random.next() * 40))
      return killed([framework], () => hold(random, 0, 3_000))
    },
  },
  /** One of each kind at once. */
  'three-killed': {
    row: '1, 16, 21',
    async inject(stage, random) {
      const { master } = await someLeader(stage)
      const framework = chosen(random, stage.frameworks)
      await nextAcceptance(framework)
      return killed([master, chosen(random, stage.agents), framework], () => hold(random, 0, 2_000))
    },
  },
  'scheduler-frozen': {
    row: '21',
    inject: (stage, random) => frozen(chosen(random, stage.frameworks), () => hold(random, 1_000, 12_000)),
  },
}
