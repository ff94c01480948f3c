/** Faults: carries out the steps of a plan in a world, and heals what they did. */
import type { Exit } from '../../actors/protocol/machine.js'
import type { Step } from './plan.js'
import type { SimulatedNode } from './world/node.js'
import { lives, type AgentPlace, type AnyPlace, type FrameworkPlace, type MasterPlace } from './world/places.js'
import type { World } from './world/world.js'

/** Who is silent for longer has lost its connection: the broker misses its heartbeats. */
const HEARTBEATS_MS = 12_000
const HOUR_MS = 3_600_000
const SLOW_MAX_MS = 5_000
const TAIL_MAX = 10

/** Does what the step says, and undoes it when it is over. Answers, for people, what it did to whom. */
export function befall(world: World, step: Step): string {
  const { fault, forMs, how } = step
  switch (fault) {
    case 'exit': return exit(world, step)
    case 'crash': case 'reboot': case 'leave': return goAway(world, step)
    case 'loss': case 'repeat': case 'cut': case 'mute': case 'deaf': case 'slow': return disconnect(world, step)
    case 'stall': return stall(world, step)
    case 'jump': {
      const place = anyOf(world, step)
      if (place.node) place.node.skewMs += (how % (2 * HOUR_MS)) - HOUR_MS
      return place.name
    }
    case 'log-cut': case 'log-mute': case 'log-deaf': case 'log-repeat': case 'token-cut': return isolate(world, step)
    case 'log-lost': return loseWay(world, step)
    case 'token-lost': case 'token-twice':
      if (fault === 'token-lost') world.token.lose()
      else world.token.double()
      world.events.after(forMs, () => world.token.mend())
      return ''
    case 'tail-lost':
      if (isForgetful(world)) return ''
      world.ledger.logHasLost = true
      world.log.truncate(1 + how % TAIL_MAX)
      return ''
    case 'log-anew':
      if (isForgetful(world)) return ''
      // Whoever has not joined the cluster yet would join the other for good.
      if (!world.agents.every(({ eye }) => eye.state?.memory.obeyed)) return ''
      world.ledger.logHasLost = true
      world.log.makeAnew()
      world.events.after(forMs, () => world.log.restore())
      return ''
    case 'disk-full': {
      const { journal, name } = agentOf(world, step)
      journal.isFull = true
      world.events.after(forMs, () => {
        journal.isFull = false
      })
      return name
    }
    case 'failover': {
      const place = frameworkOf(world, step)
      if (lives(place) && place.story.frameworkId !== undefined && !place.story.over) world.startSecond(place)
      return place.name
    }
    case 'finish': return finish(world, step)
  }
}

/** Only agents could tell what such a log has lost, and masters that wait but a moment for them give it up. */
const isForgetful = ({ agentTimeoutMs }: World): boolean => agentTimeoutMs !== undefined

/** Everybody is back, and nothing is wrong any more. */
export function healAll(world: World): void {
  world.token.mend()
  world.log.restore()
  for (const place of world.places) {
    const { node } = place
    if (node && lives(place)) {
      thaw(world, node)
      world.network.mend(node.address)
      node.skewMs = 0
    }
    if (place.kind === 'master') {
      place.way?.open()
      place.candidate?.mend()
    }
    if (place.kind === 'agent') place.journal.isFull = false
    if (place.kind === 'framework' && place.story.ended) world.crash(place)
    world.start(place)
  }
}

function exit(world: World, { who, how }: Step): string {
  const running = world.agents.flatMap(({ machine }) => machine.running().map((launchId) => ({ machine, launchId })))
  const one = running[who % running.length]
  const exits: readonly Exit[] = [{ code: 0 }, { code: 0 }, { code: 7 }, { signal: 'SIGKILL' }]
  one?.machine.exit(one.launchId, exits[how % exits.length] as Exit)
  return one?.launchId ?? ''
}

function goAway(world: World, step: Step): string {
  const { fault, forMs } = step
  const place = fault === 'crash' ? anyOf(world, step) : agentOf(world, step)
  if (place.kind === 'agent' && fault === 'leave') world.leave(place)
  else world.crash(place)
  if (place.kind === 'agent' && fault === 'reboot') place.machine.reboot()
  world.events.after(forMs, () => world.start(place))
  return place.name
}

function disconnect(world: World, step: Step): string {
  const { fault, forMs, how } = step
  const { name, node } = anyOf(world, step)
  if (!node) return name
  const { network, events } = world
  const { address } = node
  if (fault === 'slow') network.slow(address, 1 + how % SLOW_MAX_MS)
  else if (fault === 'mute' || fault === 'deaf') {
    network.silence(address, fault)
    events.after(Math.min(forMs, HEARTBEATS_MS), () => network.cut(address))
  } else network.cut(address, fault === 'repeat')
  events.after(forMs + 200, () => network.mend(address))
  return name
}

function stall(world: World, step: Step): string {
  const place = anyOf(world, step)
  const { node } = place
  if (node?.state !== 'running') return place.name
  node.freeze()
  if (place.kind === 'master') place.candidate?.fallSilent()
  world.events.after(HEARTBEATS_MS, () => {
    if (node.state === 'frozen') world.network.cut(node.address)
  })
  world.events.after(step.forMs, () => thaw(world, node))
  return place.name
}

function thaw(world: World, node: SimulatedNode): void {
  if (node.state !== 'frozen') return
  node.thaw()
  world.network.mend(node.address)
}

function isolate(world: World, step: Step): string {
  const { fault, forMs } = step
  const { name, way, candidate } = masterOf(world, step)
  switch (fault) {
    case 'log-repeat':
      way?.repeat()
      return name
    case 'token-cut':
      candidate?.cut()
      world.events.after(forMs, () => candidate?.mend())
      return name
    default:
      if (way && fault !== 'log-deaf') way.writable = false
      if (way && fault !== 'log-mute') way.readable = false
      world.events.after(forMs, () => way?.open())
      return name
  }
}

/** Nothing mends it but the master itself, who has to find that out by what it does not hear. */
function loseWay(world: World, step: Step): string {
  const { name, way } = masterOf(world, step)
  if (way) way.isLost = true
  return name
}

function finish(world: World, step: Step): string {
  const place = frameworkOf(world, step)
  const { node, story } = place
  if (!node || !lives(place) || story.over) return place.name
  story.over = true
  story.ended = true
  node.after(0, () => node.tell(`${node.address}/scheduler` as never, { type: 'end' } as never))
  world.events.after(step.forMs, () => {
    if (place.story === story && place.node === node) world.crash(place)
    world.start(place)
  })
  return place.name
}

function anyOf(world: World, { who, how }: Step): AnyPlace {
  const [leader] = world.leaders()
  // What befalls the leader teaches most.
  if (leader && how % 4 === 0) return leader
  const { places } = world
  return places[who % places.length] as AnyPlace
}

const masterOf = (world: World, { who, how }: Step): MasterPlace =>
  (how % 2 === 0 ? world.leaders()[0] : undefined) ?? world.masters[who % world.masters.length] as MasterPlace
const agentOf = ({ agents }: World, { who }: Step): AgentPlace => agents[who % agents.length] as AgentPlace
const frameworkOf = ({ frameworks }: World, { who }: Step): FrameworkPlace =>
  frameworks[who % frameworks.length] as FrameworkPlace
