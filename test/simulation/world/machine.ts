/**
 * Machine: where the processes of a simulated agent run. They outlive the agent, and end by themselves,
 * because they are signalled, or with the machine.
 */
import type {
  Exit, LauncherEvent, LauncherRequest, OutputEvent, OutputRequest,
} from '../../../actors/protocol/machine.js'
import { nodeOf, type Ref } from '../../../runtime/address.js'
import type { Random } from '../../../runtime/random.js'
import type { Events } from './events.js'
import type { SimulatedNode } from './node.js'

const LATENCY_MS = 5
const SHORT_MS = 2_000
const LONG_MS = 120_000
/** How long a process takes to end once it is asked to; some do not care. */
const ENDING_MS = 2_000

type Start = Extract<LauncherRequest, { type: 'start' }>

interface Process {
  readonly pid: number
  readonly request: Start
  replyTo: Ref<LauncherEvent>
  exit: Exit | undefined
  /** Ends what the process is, where it is more than a row. */
  readonly end: (() => void) | undefined
}

export interface MachineOptions {
  readonly events: Events
  readonly random: Random
  /** A process that is a node of its own, a custom executor; answers how to end it. */
  readonly executor: (request: Start, finished: () => void) => (() => void) | undefined
  readonly began: (launchId: string) => void
  readonly ended: (launchId: string) => void
}

export class SimulatedMachine {
  bootId = 'boot-0'
  private node: SimulatedNode | undefined
  private readonly processes = new Map<string, Process>()
  /** What ran before the machine was started anew: its directory tells that it has begun, and not how it ended. */
  private readonly vanished = new Set<string>()
  private nextPid = 1_000
  private dueMs = 0

  constructor(private readonly options: MachineOptions) {}

  /** The agent's node in this life of it. */
  attach(node: SimulatedNode): void {
    this.node = node
  }

  readonly launcher = (request: LauncherRequest): void => {
    const known = this.processes.get(request.launchId)
    switch (request.type) {
      case 'start': case 'adopt':
        if (known) return this.adopt(known, request.replyTo)
        if (request.type === 'start' && !this.vanished.has(request.launchId)) return this.start(request)
        return this.tell(request.replyTo, { type: 'vanished', launchId: request.launchId })
      case 'signal': return known && this.signal(known, request.signal)
      case 'forget': return
    }
  }

  readonly output = (request: OutputRequest): void => {
    if (request.type !== 'read') return
    const { requestId, offset, replyTo } = request
    const answer: OutputEvent = { type: 'output', requestId, offset, data: new Uint8Array(), end: true, size: 0 }
    this.node?.after(this.options.random.next() * LATENCY_MS, () => this.node?.tell(replyTo, answer))
  }

  running(): string[] {
    return [...this.processes].filter(([, process]) => !process.exit).map(([launchId]) => launchId)
  }

  /** A process ends by itself. */
  exit(launchId: string, exit: Exit): void {
    const process = this.processes.get(launchId)
    if (process) this.end(process, exit)
  }

  /** Everything ends, and nothing tells how. */
  reboot(): void {
    for (const process of this.processes.values()) if (!process.exit) this.end(process, { signal: 'SIGKILL' })
    for (const launchId of this.processes.keys()) this.vanished.add(launchId)
    this.processes.clear()
    this.bootId = `boot-${Number(this.bootId.slice('boot-'.length)) + 1}`
  }

  private start(request: Start): void {
    const { events, random, executor, began } = this.options
    const { launchId, replyTo } = request
    if (random.next() < 0.02) {
      return this.tell(replyTo, { type: 'launch-failed', launchId, reason: 'no such command' })
    }
    const process: Process = {
      pid: this.nextPid++, request, replyTo, exit: undefined,
      end: executor(request, () => this.end(process, { code: 0 })),
    }
    this.processes.set(launchId, process)
    began(launchId)
    this.tellStarted(process)
    if (process.end) return
    const lifeMs = random.next() < 0.2 ? random.next() * SHORT_MS : random.next() * LONG_MS
    const exit = random.next() < 0.7 ? { code: 0 } : random.next() < 0.7 ? { code: 3 } : { signal: 'SIGSEGV' }
    events.after(lifeMs, () => this.end(process, exit))
  }

  private adopt(process: Process, replyTo: Ref<LauncherEvent>): void {
    process.replyTo = replyTo
    this.tellStarted(process)
    if (process.exit) this.tell(replyTo, { type: 'exited', launchId: process.request.launchId, exit: process.exit })
  }

  private signal(process: Process, signal: 'SIGTERM' | 'SIGKILL'): void {
    const { events, random } = this.options
    if (signal === 'SIGKILL') events.after(random.next() * LATENCY_MS, () => this.end(process, { signal }))
    else if (random.next() < 0.85) events.after(random.next() * ENDING_MS, () => this.end(process, { signal }))
  }

  private end(process: Process, exit: Exit): void {
    if (process.exit) return
    process.exit = exit
    process.end?.()
    const { launchId } = process.request
    this.options.ended(launchId)
    this.tell(process.replyTo, { type: 'exited', launchId, exit })
  }

  private tellStarted({ pid, replyTo, request: { launchId } }: Process): void {
    this.tell(replyTo, { type: 'started', launchId, pid, directory: `/${launchId}` })
  }

  /** In order; to a life of the agent that is over nothing is told: it asks when it is back. */
  private tell(to: Ref<LauncherEvent>, event: LauncherEvent): void {
    const { node, options: { events, random } } = this
    this.dueMs = Math.max(this.dueMs, events.nowMs + random.next() * LATENCY_MS)
    if (!node || nodeOf(to as Ref<never>) !== node.address) return
    node.after(this.dueMs - events.nowMs, () => node.tell(to, event))
  }
}
