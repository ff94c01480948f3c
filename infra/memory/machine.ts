/**
 * Simulated machine: the twin of the ports of an agent's machine. A process is a table row; it ends
 * when the test says so, or when it is signalled.
 */
import type { Exit, LauncherEvent, LauncherRequest, OutputEvent, OutputRequest } from '../../actors/protocol/machine.js'
import type { Ref } from '../../runtime/address.js'

interface Process {
  readonly pid: number
  replyTo: Ref<LauncherEvent>
  exit: Exit | undefined
}

type Tell = <M>(to: Ref<M>, message: M) => void

export class SimulatedMachine {
  /** Every launch there ever was; one that began twice would be counted twice. */
  readonly started: string[] = []
  private readonly processes = new Map<string, Process>()
  private nextPid = 1_000

  /** What the machine's next life of an agent is told; the processes know nothing of it. */
  constructor(public tell: Tell) {}

  readonly launcher = (request: LauncherRequest): void => {
    const known = this.processes.get(request.launchId)
    switch (request.type) {
      case 'start': {
        if (known) return this.adopt(known, request.launchId, request.replyTo)
        const process = { pid: this.nextPid++, replyTo: request.replyTo, exit: undefined }
        this.started.push(request.launchId)
        this.processes.set(request.launchId, process)
        return this.tellStarted(process, request.launchId)
      }
      case 'adopt':
        if (known) return this.adopt(known, request.launchId, request.replyTo)
        return this.tell<LauncherEvent>(request.replyTo, { type: 'vanished', launchId: request.launchId })
      case 'signal': return this.end(request.launchId, { signal: request.signal })
      case 'forget': return
    }
  }

  readonly output = (request: OutputRequest): void => {
    if (request.type === 'ended' || request.type === 'abandon') return
    const { requestId, replyTo } = request
    if (request.type === 'list-files') {
      return this.tell<OutputEvent>(replyTo, { type: 'listed', requestId, entries: [] })
    }
    const nothing = { data: new Uint8Array(), end: true, size: 0 }
    this.tell<OutputEvent>(replyTo, { type: 'output', requestId, offset: request.offset, ...nothing })
  }

  /** What runs, oldest first. */
  running(): string[] {
    return [...this.processes].filter(([, process]) => !process.exit).map(([launchId]) => launchId)
  }

  end(launchId: string, exit: Exit): void {
    const process = this.processes.get(launchId)
    if (!process || process.exit) return
    process.exit = exit
    this.tell<LauncherEvent>(process.replyTo, { type: 'exited', launchId, exit })
  }

  private adopt(process: Process, launchId: string, replyTo: Ref<LauncherEvent>): void {
    process.replyTo = replyTo
    this.tellStarted(process, launchId)
    if (process.exit) this.tell<LauncherEvent>(replyTo, { type: 'exited', launchId, exit: process.exit })
  }

  private tellStarted({ pid, replyTo }: Process, launchId: string): void {
    this.tell<LauncherEvent>(replyTo, { type: 'started', launchId, pid, directory: `/${launchId}` })
  }
}
