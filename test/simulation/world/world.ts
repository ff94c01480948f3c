/**
 * World: a whole cluster of real behaviours on simulated machines, and the hands that start and end its
 * nodes. Nothing happens in it but what its seed and whoever holds it decide.
 */
import { of } from '../../../actors/resources/amounts.js'
import { nodeAddress, type NodeKind } from '../../../runtime/address.js'
import { seededRandom, type Random } from '../../../runtime/random.js'
import type { TraceSink } from '../../../runtime/hop.js'
import type { Rule } from '../broken.js'
import { Ledger } from '../ledger.js'
import { Reference } from '../reference.js'
import { Story } from '../story.js'
import { AgentEye, Eye, MasterEye } from '../watched.js'
import { Events } from './events.js'
import type { Ground } from './ground.js'
import { SimulatedJournal } from './journal.js'
import { SimulatedMachine } from './machine.js'
import { Network } from './network.js'
import { SimulatedNode, WALL_BEGIN_MS } from './node.js'
import { agentRef, lives, type AgentPlace, type AnyPlace, type FrameworkPlace, type MasterPlace } from './places.js'
import { SharedLog } from './shared-log.js'
import { spawnAgent, spawnExecutor, spawnMaster, spawnScheduler } from './spawn.js'
import { Token } from './token.js'

const MASTERS = 3
/** At the most: bugs that need many are rare, and small worlds are quick. */
const AGENTS_MAX = 5
const FRAMEWORKS_MAX = 3
/** The share of the worlds whose masters wait but so long for an agent. */
const IMPATIENT = 0.25
const IMPATIENT_MS = 3_000
const MACHINE = { cpus: 4, mem: 1_024 }

export interface WorldOptions {
  readonly seed: number
  readonly breaks?: Rule | undefined
  readonly traces?: TraceSink | undefined
}

export class World implements Ground {
  readonly events = new Events()
  readonly ledger = new Ledger(() => this.events.nowMs)
  readonly reference = new Reference()
  readonly network: Network
  readonly log: SharedLog
  readonly token: Token
  readonly masters: MasterPlace[] = []
  readonly agents: AgentPlace[] = []
  readonly frameworks: FrameworkPlace[] = []
  readonly agentTimeoutMs: number | undefined
  private readonly beginnings: Promise<void>[] = []
  private chances = 0
  private lives = 0

  constructor(readonly options: WorldOptions) {
    const { events, reference } = this
    const kind = this.chance()
    // Packing takes most of the time, and finds the same in few seeds as in all.
    const [packs, isPrompt] = [kind.next() < 0.05, kind.next() < 0.5]
    this.network = new Network({ events, random: this.chance(), packs, isPrompt })
    this.log = new SharedLog(
      events, this.chance(), (entry) => reference.add(entry), (entries) => {
        reference.rewrite(entries)
        for (const { eye } of this.masters) eye.folded.rewritten(reference)
      })
    this.token = new Token(events, this.chance())
    const each = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
    for (const index of each(MASTERS)) this.masters.push(newMaster(`m${index}`))
    for (const index of each(Math.ceil(kind.next() * AGENTS_MAX))) this.agents.push(this.newAgent(`a${index}`))
    const frameworks = Math.ceil(kind.next() * FRAMEWORKS_MAX)
    for (const index of each(frameworks)) this.frameworks.push(this.newFramework(`f${index}`))
    // Otherwise agents are given longer than most faults last, and nobody would ever be unreachable.
    this.agentTimeoutMs = kind.next() < IMPATIENT ? IMPATIENT_MS : undefined
    for (const place of this.places) this.start(place)
  }

  get places(): AnyPlace[] {
    return [...this.masters, ...this.agents, ...this.frameworks]
  }

  /** What a right clock shows. */
  get wallMs(): number {
    return WALL_BEGIN_MS + this.events.nowMs
  }

  /** The master that leads, as it believes itself. */
  leaders(): MasterPlace[] {
    return this.masters.filter((each) => lives(each) && each.eye.state?.leading === true)
  }

  /** A generator of its own for whoever needs chance, so that more or less of it here changes nothing there. */
  chance(): Random {
    return seededRandom(this.options.seed ^ Math.imul(++this.chances, 0x9e3779b1))
  }

  /** Lets time pass. */
  async run(ms: number): Promise<void> {
    const untilMs = this.events.nowMs + ms
    do {
      // A node joins in a promise, for which the events have to wait.
      if (this.beginnings.length > 0) await Promise.all(this.beginnings.splice(0))
      this.events.run(untilMs)
    } while (this.beginnings.length > 0)
  }

  /** Starts the process of a place, unless it runs. */
  start(place: AnyPlace): void {
    if (lives(place)) return
    switch (place.kind) {
      case 'master': return this.begin('master', place.name, (node) => spawnMaster(this, place, node))
      case 'agent': return this.begin('agent', place.name, (node) => spawnAgent(this, place, node))
      case 'framework':
        if (place.story.over) this.nextStory(place)
        return this.begin('framework', place.story.name, (node) => spawnScheduler(place, node))
    }
  }

  /** A second scheduler under the same framework id, beside the one that runs. */
  startSecond(place: FrameworkPlace): void {
    this.begin('framework', place.story.name, (node) => {
      const first = place.node
      spawnScheduler(place, node)
      this.events.after(3_000, () => first && this.kill(first))
    })
  }

  crash(place: AnyPlace): void {
    if (!place.node || !lives(place)) return
    this.kill(place.node)
    if (place.kind === 'agent') place.journal.crash()
    if (place.kind === 'master') this.token.settle()
  }

  kill(node: SimulatedNode): void {
    node.die()
    this.network.died(node.address)
  }

  /** An agent ends its tasks and leaves the cluster; its process is over some seconds later. */
  leave(place: AgentPlace): void {
    const { node } = place
    if (!node || !lives(place)) return
    const replyTo = node.system.port<{ readonly type: 'left' }>('leaver', () => {
      this.events.after(10, () => place.node === node && this.crash(place))
    })
    node.after(0, () => node.tell(agentRef(node), { type: 'leave', replyTo }))
    this.events.after(9_000, () => place.node === node && this.crash(place))
  }

  begin(kind: NodeKind, name: string, spawn: (node: SimulatedNode) => void): void {
    const { events, ledger, options: { traces } } = this
    const seed = Math.floor(this.chance().next() * 2 ** 32)
    const node = new SimulatedNode(nodeAddress(kind, name, `i${this.lives++}`), {
      events, seed, traces, failed: (problem) => ledger.violate('sound', problem),
    })
    this.beginnings.push(node.system.join(this.network.connect(node)).then(() => {
      if (node.state === 'running') spawn(node)
    }))
    events.pause()
  }

  /** The framework that was here is over; another comes in its place. */
  nextStory(place: FrameworkPlace): void {
    place.generation++
    place.story = this.newStory(`${place.name}-${place.generation}`, place.name)
  }

  private newStory(name: string, place: string): Story {
    const habits = { explicit: place === 'f2', reconciles: this.options.seed % 2 === 0 }
    return new Story(name, this.chance(), this.ledger, habits)
  }

  private newAgent(name: string): AgentPlace {
    const { events, ledger } = this
    const resources = of(MACHINE)
    ledger.addMachine(name, resources)
    const machine: SimulatedMachine = new SimulatedMachine({
      events, random: this.chance(),
      executor: (request, finished) => spawnExecutor(this, place, request, finished),
      began: (launchId) => ledger.began(name, launchId),
      ended: (launchId) => ledger.ended(name, launchId),
    })
    const journal = new SimulatedJournal(this.chance(), (entry) => ledger.kept(name, entry))
    journal.isHasty = this.options.breaks === 'journal-first'
    const place: AgentPlace = { kind: 'agent', name, node: undefined, machine, journal, resources, eye: new AgentEye() }
    return place
  }

  private newFramework(name: string): FrameworkPlace {
    const story = this.newStory(name, name)
    return { kind: 'framework', name, node: undefined, story, generation: 0, eye: new Eye() }
  }
}

const newMaster = (name: string): MasterPlace =>
  ({ kind: 'master', name, node: undefined, eye: new MasterEye(), way: undefined, candidate: undefined })
