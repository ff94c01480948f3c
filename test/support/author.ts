/**
 * Author: drives a framework by hand, as its scheduler would, and records what it asks for as data.
 *
 * Nothing that it asks for happens: tasks do not run, timers go off when the test says so. Identifiers of
 * offers and updates are made here, so that a test names only what it is about.
 */
import type { Ref } from '../../runtime/address.js'
import type { AgentId, FrameworkId, OfferId, Role, TaskId, UpdateId } from '../../actors/protocol/ids.js'
import type { Offer } from '../../actors/protocol/scheduler.js'
import type { StatusUpdate, TaskInfo } from '../../actors/protocol/task.js'
import { of, type Wanted } from '../../actors/resources/amounts.js'
import type { Resources } from '../../actors/resources/resources.js'
import type {
  Framework, FrameworkContext, FrameworkEvent, ReadRequest, Refusing,
} from '../../actors/scheduler/framework.js'

type Answer = Refusing & { readonly offers: readonly Offer[] }

export type Call =
  | (Answer & { readonly call: 'accept'; readonly tasks: readonly TaskInfo[] })
  | (Answer & { readonly call: 'decline' })
  | { readonly call: 'kill'; readonly taskId: string; readonly graceMs?: number }
  | { readonly call: 'revive' | 'suppress' }
  | { readonly call: 'reconcile'; readonly taskIds: readonly string[] }
  | { readonly call: 'acknowledge'; readonly taskId: string; readonly state: string }
  | { readonly call: 'read'; readonly request: ReadRequest }
  | { readonly call: 'check-fit'; readonly requestId: string; readonly resources: Resources }
  | { readonly call: 'finish'; readonly exitCode: number }

type CallOf<Name extends Call['call']> = Extract<Call, { readonly call: Name }>

const FRAMEWORK = 'f-0001' as FrameworkId

/** A port to give to the framework; what is told there is in `told`. */
export const user = <M>(): Ref<M> => 'framework-test@1/port.user' as Ref<M>

export class Authored<State, Told, Event extends { readonly type: string }> {
  /** What it asked for, oldest first; a test may empty it (`take`). */
  calls: Call[] = []
  /** What it told its user. */
  told: Event[] = []
  readonly timers = new Map<string, number>()
  /** Wall-clock milliseconds; the test moves it. */
  now = 1_700_000_000_000
  state: State
  private frameworkId: FrameworkId | undefined
  private made = 0

  /** @param _user whom the framework was given to tell; says what it tells */
  constructor(private readonly framework: Framework<State, Told>, _user: Ref<Event>) {
    this.state = framework.initial(this.context())
  }

  give(event: FrameworkEvent<Told>): void {
    this.state = this.framework.receive(this.state, event, this.context())
  }

  subscribe(): void {
    this.frameworkId = FRAMEWORK
    this.give({ type: 'subscribed', frameworkId: FRAMEWORK })
  }

  tell(told: Told): void {
    this.give({ type: 'told', told })
  }

  /** One offer for each, of agents `agent-1`, `agent-2` … */
  offer(...offered: readonly Wanted[]): readonly Offer[] {
    const offers = offered.map((wanted, index): Offer => ({
      offerId: `o${++this.made}` as OfferId, frameworkId: FRAMEWORK, agentId: `agent-${index + 1}` as AgentId,
      role: '*' as Role, resources: of(wanted), hostname: `host-${index + 1}`, attributes: [] as never,
    }))
    this.give({ type: 'offers', offers })
    return offers
  }

  update(taskId: string, state: StatusUpdate['state'], more: Partial<StatusUpdate> = {}): void {
    this.give({ type: 'update', update: {
      frameworkId: FRAMEWORK, taskId: taskId as TaskId, agentId: 'agent-1' as AgentId,
      updateId: `u${++this.made}` as UpdateId, state, source: 'executor', atMs: this.now, ...more,
    } })
  }

  /** Answers the oldest question about this stream that has not been answered yet. */
  answer(taskId: string, stream: 'stdout' | 'stderr', text: string, end: boolean, problem?: string): void {
    const index = this.calls.findIndex((each) =>
      each.call === 'read' && each.request.taskId === taskId && each.request.stream === stream)
    const [asked] = index < 0 ? [] : this.calls.splice(index, 1)
    if (asked?.call !== 'read') throw new Error(`nobody asked for ${stream} of ${taskId}`)
    const { requestId, offset } = asked.request
    const data = new TextEncoder().encode(text)
    this.give({ type: 'output', requestId, offset, data, end, ...(problem === undefined ? {} : { problem }) })
  }

  /** Lets a timer go off. */
  fire(name: string): void {
    if (!this.timers.delete(name)) throw new Error(`no timer '${name}' is set`)
    this.give({ type: 'timer', name })
  }

  /** The calls of one kind so far; forgets them. */
  take<Name extends Call['call']>(name: Name): CallOf<Name>[] {
    const taken = this.calls.filter((each): each is CallOf<Name> => each.call === name)
    this.calls = this.calls.filter((each) => each.call !== name)
    return taken
  }

  /** What was told of one kind so far; forgets it. */
  hear<Type extends Event['type']>(type: Type): Extract<Event, { readonly type: Type }>[] {
    type Heard = Extract<Event, { readonly type: Type }>
    const heard = this.told.filter((each): each is Heard => each.type === type)
    this.told = this.told.filter((each) => each.type !== type)
    return heard
  }

  private context(): FrameworkContext {
    const record = (call: Call) => void this.calls.push(call)
    const list = (offers: Offer | readonly Offer[]) => ('offerId' in offers ? [offers] : offers)
    return {
      frameworkId: this.frameworkId,
      accept: (offers, tasks, refusing) =>
        record({ call: 'accept', offers: list(offers), tasks, ...refusing }),
      decline: (offers, refusing) => record({ call: 'decline', offers: list(offers), ...refusing }),
      kill: (taskId, killing) => record({ call: 'kill', taskId, ...killing }),
      revive: () => record({ call: 'revive' }),
      suppress: () => record({ call: 'suppress' }),
      reconcile: (taskIds = []) => record({ call: 'reconcile', taskIds }),
      message: () => undefined,
      acknowledge: ({ taskId, state }) => record({ call: 'acknowledge', taskId, state }),
      read: (request) => record({ call: 'read', request }),
      checkFit: (requestId, resources) => record({ call: 'check-fit', requestId, resources }),
      after: (name, delayMs) => void this.timers.set(name, delayMs),
      cancel: (name) => void this.timers.delete(name),
      tell: (_to, message) => void this.told.push(message as unknown as Event),
      finish: (exitCode = 0) => record({ call: 'finish', exitCode }),
      now: () => this.now,
      random: () => 0.5,
      log: () => undefined,
    }
  }
}
