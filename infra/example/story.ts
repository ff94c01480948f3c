/**
 * Story: the worked example, told from the messages that were delivered. Nothing in it is known
 * beforehand but the order in which it is told; every number is read from a message.
 */
import type { AgentEvent, AgentCall } from '../../actors/protocol/agent.js'
import type { SchedulerCall, SchedulerEvent } from '../../actors/protocol/scheduler.js'
import { scalar, type Resources } from '../../actors/resources/resources.js'
import { nodeOf } from '../../runtime/address.js'
import type { Hop } from '../../runtime/hop.js'

export type StoryEvent = 'agent-registered' | 'offer' | 'accept' | 'launch' | 'running'

/** What the example says of resources. */
export interface Amount {
  readonly cpus: number
  readonly mem: number
}

export interface StoryLine {
  readonly step: number
  readonly event: StoryEvent
  /** `framework-1`; absent before there is one. */
  readonly framework?: string
  readonly agent?: string
  readonly resources: Amount
  readonly tasks: readonly { readonly id: string; readonly resources: Amount }[]
  /** What one would say of it. */
  readonly text: string
}

type Told = Omit<StoryLine, 'step'>

/** The acts in the order of their causes; each is told once those before it have happened. */
const ACTS: readonly { readonly event: StoryEvent; readonly framework?: string; readonly times: number }[] = [
  { event: 'agent-registered', times: 1 },
  { event: 'offer', framework: 'framework-1', times: 1 },
  { event: 'accept', framework: 'framework-1', times: 1 },
  { event: 'launch', framework: 'framework-1', times: 2 },
  { event: 'running', framework: 'framework-1', times: 2 },
  { event: 'offer', framework: 'framework-2', times: 1 },
]

export class Story {
  private readonly waiting: Told[] = []
  private readonly names = new Map<string, string>()
  private readonly agents = new Map<string, string>()
  private readonly tasks = new Map<string, Amount>()
  private offered: Resources | undefined
  private act = 0
  private timesTold = 0
  private step = 0

  /**
   * @param tell is given each line when its turn has come
   * @param ended is called after the last
   */
  constructor(private readonly tell: (line: StoryLine) => void, private readonly ended: () => void = () => undefined) {}

  get complete(): boolean {
    return this.act === ACTS.length
  }

  /** What is awaited; for whoever gave up waiting. */
  get awaited(): string {
    const act = ACTS[this.act]
    return act ? `${act.event}${act.framework ? ` of ${act.framework}` : ''}` : 'nothing'
  }

  hear(hop: Hop): void {
    if (hop.kind !== 'delivered' || this.complete) return
    this.waiting.push(...this.read(hop))
    this.tellOn()
    if (this.complete) this.ended()
  }

  private tellOn(): void {
    for (let act = ACTS[this.act]; act; act = ACTS[this.act]) {
      const { event, framework } = act
      const isNext = (told: Told) => told.event === event && (!framework || told.framework === framework)
      const index = this.waiting.findIndex(isNext)
      if (index < 0) return
      const [told] = this.waiting.splice(index, 1)
      this.tell({ step: ++this.step, ...told as Told })
      if (++this.timesTold < act.times) continue
      this.act++
      this.timesTold = 0
    }
  }

  private read(hop: Hop): Told[] {
    const message = hop.message as AgentCall | AgentEvent | SchedulerCall | SchedulerEvent
    switch (message.type) {
      case 'register-agent':
        this.agents.set(message.agent, message.info.hostname)
        this.offered = message.info.resources
        return []
      case 'agent-registered': {
        const resources = amount(this.offered)
        return [{ event: 'agent-registered', agent: message.agentId, resources, tasks: [],
          text: `Agent ${message.agentId} registers with the master: ${say(resources)}.` }]
      }
      case 'subscribe':
        this.names.set(nodeOf(message.scheduler), message.info.name)
        return []
      case 'subscribed':
        this.names.set(message.frameworkId, this.names.get(nodeOf(hop.to)) ?? message.frameworkId)
        return []
      case 'offers': return message.offers.map(({ frameworkId, agentId, resources }) => {
        const [framework, offer] = [this.nameOf(frameworkId), amount(resources)]
        return { event: 'offer', framework, agent: agentId, resources: offer, tasks: [],
          text: `The master offers ${say(offer)} of ${agentId} to ${framework}.` }
      })
      case 'accept': {
        const tasks = message.operations.flatMap((operation) => operation.tasks)
          .map((task) => ({ id: task.taskId, resources: amount(task.resources) }))
        for (const task of tasks) this.tasks.set(task.id, task.resources)
        const framework = this.nameOf(message.frameworkId)
        return [{ event: 'accept', framework, resources: total(tasks.map((task) => task.resources)), tasks,
          text: `${framework} accepts: ${tasks.map((task) => `${task.id} with ${say(task.resources)}`).join(', ')}.` }]
      }
      case 'run-task': {
        const [id, resources] = [message.task.taskId, amount(message.task.resources)]
        return [{ event: 'launch', framework: this.nameOf(message.frameworkId), resources, tasks: [{ id, resources }],
          text: `The master sends ${id} to the agent, which starts a process for it.` }]
      }
      case 'update': {
        const { frameworkId, agentId, taskId, state } = message.update
        if (state !== 'RUNNING') return []
        const resources = this.tasks.get(taskId) ?? { cpus: 0, mem: 0 }
        const tasks = [{ id: taskId, resources }]
        return [{ event: 'running', framework: this.nameOf(frameworkId), ...(agentId ? { agent: agentId } : {}),
          resources, tasks, text: `${taskId} is running, and its scheduler knows.` }]
      }
      default: return []
    }
  }

  private nameOf(frameworkId: string): string {
    return this.names.get(frameworkId) ?? frameworkId
  }
}

const amount = (resources: Resources | undefined): Amount =>
  resources ? { cpus: scalar(resources, 'cpus'), mem: scalar(resources, 'mem') } : { cpus: 0, mem: 0 }

const total = (amounts: readonly Amount[]): Amount =>
  amounts.reduce((sum, each) => ({ cpus: sum.cpus + each.cpus, mem: sum.mem + each.mem }), { cpus: 0, mem: 0 })

const say = ({ cpus, mem }: Amount): string => `${cpus} CPU, ${mem} MB`
