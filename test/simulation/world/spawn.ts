/** Spawn: puts the real actors of each kind of node into a simulated one, with simulated ports. */
import { agent } from '../../../actors/agent/agent.js'
import { allocator } from '../../../actors/allocator/allocator.js'
import { commandExecutor } from '../../../actors/executor/command-executor.js'
import { executorActor, type WorkRequest } from '../../../actors/executor/executor.js'
import { processExecutor } from '../../../actors/executor/process-executor.js'
import { master } from '../../../actors/master/master.js'
import { registrar } from '../../../actors/master/registrar.js'
import { AGENT_PATH, type ExecutorCall } from '../../../actors/protocol/executor.js'
import type { ExecutorId, FrameworkId } from '../../../actors/protocol/ids.js'
import { LEADER_PATH, MASTER_PATH } from '../../../actors/protocol/leadership.js'
import type { LauncherRequest } from '../../../actors/protocol/machine.js'
import { scheduler } from '../../../actors/scheduler/scheduler.js'
import type { OwnerEvent } from '../../../actors/scheduler/state.js'
import type { Ref } from '../../../runtime/address.js'
import { ESCALATE } from '../../../runtime/supervision.js'
import { breakAgent, breakRegistrar } from '../broken.js'
import { custom } from '../custom.js'
import { AgentEye, Eye, MasterEye } from '../watched.js'
import type { Ground } from './ground.js'
import type { SimulatedNode } from './node.js'
import { agentRef, type AgentPlace, type FrameworkPlace, type MasterPlace } from './places.js'

const CLUSTER = 'simulated'

export function spawnMaster(world: Ground, place: MasterPlace, node: SimulatedNode): void {
  const { system } = node
  const eye = new MasterEye()
  const [way, candidate] = [world.log.way(node), world.token.candidate(node)]
  Object.assign(place, { node, eye, way, candidate })
  const stream = system.port('stream', way.port)
  const election = system.port('election', candidate.port)
  const real = registrar({ cluster: CLUSTER, name: place.name, stream, election })
  const { agentTimeoutMs } = world
  const ref = system.spawn(MASTER_PATH, eye.master(master({
    ...(agentTimeoutMs === undefined ? {} : { agentTimeoutMs }),
    registrar: eye.registrar(breakRegistrar(real, world.options.breaks)),
    allocator: (of) => allocator({ master: of }),
  })))
  system.onConnection((state) => {
    if (state === 'connected') node.tell(ref, { type: 'reconnected' })
  })
}

export function spawnAgent(world: Ground, place: AgentPlace, node: SimulatedNode): void {
  const { system } = node
  const { name, machine, journal, resources } = place
  const eye = new AgentEye()
  Object.assign(place, { node, eye })
  machine.attach(node)
  const real = agent({
    info: { hostname: name, resources, attributes: {}, bootId: machine.bootId },
    journal: system.port('journal', journal.port(node, () => world.events.nowMs)),
    launcher: system.port('launcher', machine.launcher),
    output: system.port('output', machine.output),
    executors: {
      command: commandExecutor,
      process: (wish) => processExecutor({ ...wish, modules: MODULES }),
    },
  })
  const { ledger, options: { breaks } } = world
  const watched = eye.agent(breakAgent(real, breaks), (epoch, acted) => ledger.heard(name, epoch, acted))
  system.spawn(AGENT_PATH, watched)
  system.onConnection((state) => {
    if (state === 'connected') node.tell(agentRef(node), { type: 'reconnected' })
  })
}

export function spawnScheduler(place: FrameworkPlace, node: SimulatedNode): void {
  const { system } = node
  const { story } = place
  const eye: FrameworkPlace['eye'] = new Eye()
  Object.assign(place, { node, eye })
  const owner = system.port<OwnerEvent>('owner', () => undefined)
  const { frameworkId } = story
  const options = { user: 'tester', owner, ...(frameworkId ? { frameworkId } : {}) }
  const ref = system.spawn(LEADER_PATH.framework, eye.on(scheduler(story.author(), options)))
  system.onConnection((state) => {
    if (state === 'connected') node.tell(ref, { type: 'reconnected' })
  })
}

/** A custom executor is a node of its own; anything else is but a row of its machine. */
export function spawnExecutor(
  world: Ground, place: AgentPlace, request: Extract<LauncherRequest, { type: 'start' }>, finished: () => void,
): (() => void) | undefined {
  const { WARREN_AGENT_REF: agentOf, WARREN_FRAMEWORK_ID: ofFramework, WARREN_EXECUTOR_ID: ownId } = request.environment
  if (agentOf === undefined || ownId === undefined) return undefined
  const running = new Set<string>()
  const ended = (taskId: string): void => {
    if (running.delete(taskId)) world.ledger.ended(place.name, `custom:${taskId}`)
  }
  let isOver = false
  let process: SimulatedNode | undefined
  world.begin('executor', `${request.launchId}`, (node) => {
    process = node
    if (isOver) return world.kill(node)
    const { system } = node
    const owner = system.port<{ readonly type: 'executor-finished' }>('owner', () => node.after(1, finished))
    const worker = system.port<WorkRequest>('worker', () => undefined)
    const began = (taskId: string): void => {
      running.add(taskId)
      world.ledger.began(place.name, `custom:${taskId}`)
    }
    const ref = system.spawn('executor', executorActor(custom(node.random, began, ended), {
      agent: agentOf as Ref<ExecutorCall>, frameworkId: ofFramework as FrameworkId, executorId: ownId as ExecutorId,
      worker, owner,
    }), ESCALATE)
    system.onConnection((state) => {
      if (state === 'connected') node.tell(ref, { type: 'reconnected' })
    })
  })
  return () => {
    isOver = true
    if (process) world.kill(process)
    for (const taskId of [...running]) ended(taskId)
  }
}

const MODULES = {
  program: (file: string) => ({ argv: [file] }),
  environment: (self: Ref<ExecutorCall>) => ({ WARREN_AGENT_REF: self as string }),
}
