/**
 * Ledger: what a simulated world has seen of itself, and whether it may be so. It knows nothing of how
 * masters and agents work: only what ran where, what the authors of frameworks were told, what agents wrote
 * down and obeyed. The first violation ends the run.
 */
import type { JournalEntry } from '../../actors/protocol/journal.js'
import { NONE, add, contains, without, type Resources } from '../../actors/resources/resources.js'

export const INVARIANTS = {
  I1: 'no accepted task is lost',
  I2: 'at most one run for each launch id',
  I3: 'what runs and what is promised on an agent never exceeds it',
  I4: 'status updates come at least once and in order',
  I5: 'a task ends exactly once in the author’s view',
  I6: 'all masters hold the same at the same place of the log',
  I7: 'a stale epoch is never acted upon',
  live: 'once all is healed, the cluster comes to rest within a minute',
  sound: 'no actor fails',
} as const
export type Invariant = keyof typeof INVARIANTS

export class Violation extends Error {
  constructor(readonly invariant: Invariant, readonly what: string, readonly atMs: number) {
    super(`${invariant} (${INVARIANTS[invariant]}): ${what}`)
  }
}

interface Machine {
  readonly total: Resources
  running: Resources
}

export class Ledger {
  violation: Violation | undefined
  /** What authors were told may have been in the log, and be there no more. */
  logHasLost = false
  /** What a launch, or the process of a custom executor, takes. */
  private readonly takes = new Map<string, Resources>()
  private readonly taken = new Set<string>()
  private readonly begun = new Set<string>()
  private readonly machines = new Map<string, Machine>()
  /** The newest epoch that each agent has written down to obey. */
  private readonly met = new Map<string, number>()

  constructor(private readonly nowMs: () => number) {}

  violate(invariant: Invariant, what: string): void {
    this.violation ??= new Violation(invariant, what, this.nowMs())
  }

  addMachine(name: string, total: Resources): void {
    this.machines.set(name, { total, running: NONE })
  }

  /** An agent has this on its disk. */
  kept(agent: string, entry: JournalEntry): void {
    if (entry.type === 'obeyed') this.met.set(agent, Math.max(entry.epoch, this.met.get(agent) ?? 0))
    if (entry.type !== 'launch-admitted') return
    const { launchId, task } = entry
    if (this.taken.has(launchId)) this.violate('I2', `${launchId} was taken twice, the second time by ${agent}`)
    this.taken.add(launchId)
    this.takes.set(task.executor ? `custom:${task.taskId}` : launchId, task.resources)
    if (task.executor) this.takes.set(`${launchId}-executor`, task.executor.resources)
  }

  /** A process, or a task of a custom executor, runs. */
  began(agent: string, launchId: string): void {
    if (this.begun.has(launchId)) this.violate('I2', `${launchId} began twice, the second time at ${agent}`)
    this.begun.add(launchId)
    const machine = this.machines.get(agent)
    if (!machine) return
    machine.running = add(machine.running, this.takes.get(launchId) ?? NONE)
    if (contains(machine.total, machine.running)) return
    this.violate('I3', `${agent} runs ${print(machine.running)} of ${print(machine.total)} with ${launchId}`)
  }

  ended(agent: string, launchId: string): void {
    const machine = this.machines.get(agent)
    if (machine) machine.running = without(machine.running, this.takes.get(launchId) ?? NONE)
  }

  /** What a master has promised of an agent, to tasks and in offers. */
  promised(agent: string, total: Resources, promised: Resources): void {
    if (!contains(total, promised)) this.violate('I3', `${print(promised)} of ${print(total)} at ${agent} are promised`)
  }

  /** A message of this epoch has come to an agent. @param acted its type, if the agent did anything upon it */
  heard(agent: string, epoch: number, acted: string | undefined): void {
    const newest = this.met.get(agent) ?? 0
    if (epoch < newest && acted) {
      this.violate('I7', `${agent} acted upon ${acted} of epoch ${epoch}, and has met epoch ${newest}`)
    }
  }
}

const print = ({ scalars }: Resources): string =>
  Object.entries(scalars).map(([name, amount]) => `${name}:${amount / 1_000}`).join(';') || 'nothing'
