/**
 * Story: what one framework's author has asked for and been told, over all lives of its scheduler; and the
 * author itself, who does whatever an author may do, well-behaved or not, as chance has it.
 */
import type { FrameworkId } from '../../actors/protocol/ids.js'
import type { Offer } from '../../actors/protocol/scheduler.js'
import { isTerminal, type StatusUpdate, type TaskInfo, type TaskState } from '../../actors/protocol/task.js'
import {
  framework, type Framework, type FrameworkContext, type FrameworkEvent,
} from '../../actors/scheduler/framework.js'
import { executorOf, task } from '../../actors/scheduler/task.js'
import type { Random } from '../../runtime/random.js'
import type { Ledger } from './ledger.js'

const ACT_MS = 4_000
const RECONCILE_MS = 15_000
const FAILOVER_MS = 20_000
/** Tasks that one offer is accepted for. */
const TASKS_MAX = 3
const KEPT_OFFERS_MAX = 5

/** What is known of one task. */
export interface History {
  readonly taskId: string
  /** What the author was told last; undefined before anything was. */
  state: TaskState | undefined
  /** The last step that came from its agent, by its number. */
  step: number
  /** Of the scheduler that told that step. */
  stepLife: number
  /** An answer has told of a state since whose step is not known: those before it are not told any more. */
  isAhead: boolean
  over: boolean
  /** Of the scheduler that told it, or has launched it. */
  life: number
}

export interface Habits {
  /** Acknowledges updates by itself. */
  readonly explicit: boolean
  /** Asks every now and then what has become of its tasks, needed or not; others leave that to the library. */
  readonly reconciles: boolean
}

export class Story {
  frameworkId: FrameworkId | undefined
  readonly histories = new Map<string, History>()
  /** Takes no more offers, and keeps those that it gets: they show what is free. */
  closing = false
  /** The framework has ended, or was refused: nobody owes its author anything any more. */
  over = false
  /** Its author has nothing more to say in this life. */
  ended = false
  /** Tasks that the newest life of the scheduler was asked to kill. */
  private readonly doomed = new Set<string>()
  private readonly old: Offer[] = []
  private next = 0
  private life = 0

  constructor(
    readonly name: string, private readonly random: Random, private readonly ledger: Ledger,
    private readonly habits: Habits,
  ) {}

  open(): string[] {
    return [...this.histories.values()].filter(({ over }) => !over).map(({ taskId }) => taskId)
  }

  /** Tasks that were to be killed, and of which more has been heard than that they were launched. */
  undead(): string[] {
    return this.open().filter((taskId) => this.doomed.has(taskId) && this.histories.get(taskId)?.state !== undefined)
  }

  author(): Framework<null> {
    this.ended = false
    this.doomed.clear()
    const life = ++this.life
    return framework<null>({
      name: this.name, failoverTimeoutMs: FAILOVER_MS, acknowledge: this.habits.explicit ? 'explicit' : 'automatic',
      initial: (ctx) => {
        ctx.after('act', this.random.next() * ACT_MS)
        ctx.after('reconcile', RECONCILE_MS)
        return null
      },
      receive: (state, event, ctx) => {
        this.receive(event, life, ctx)
        return state
      },
    })
  }

  private receive(event: FrameworkEvent, life: number, ctx: FrameworkContext): void {
    switch (event.type) {
      case 'subscribed':
        this.frameworkId = event.frameworkId
        this.reconcile(life, ctx)
        return
      case 'offers':
        for (const offer of event.offers) this.onOffer(offer, life, ctx)
        return
      case 'update':
        this.hear(event.update, life)
        if (this.habits.explicit) ctx.acknowledge(event.update)
        return
      case 'error':
        this.ended = true
        if (!event.problem.includes('another instance')) this.over = true
        return
      case 'timer':
        if (event.name === 'act') {
          ctx.after('act', this.random.next() * ACT_MS)
          if (this.closing) ctx.revive()
          else this.act(life, ctx)
        } else {
          ctx.after('reconcile', RECONCILE_MS)
          this.reconcile(life, ctx)
        }
        return
      default: return
    }
  }

  /** Of what a former life of the scheduler has launched, this one does not know before it is told. */
  private reconcile(life: number, ctx: FrameworkContext): void {
    const { reconciles } = this.habits
    const asked = this.open().filter((taskId) => reconciles || this.histories.get(taskId)?.life !== life)
    if (asked.length > 0) ctx.reconcile(asked)
  }

  private dice(sides: number): number {
    return Math.floor(this.random.next() * sides)
  }

  private onOffer(offer: Offer, life: number, ctx: FrameworkContext): void {
    if (this.closing) return
    this.old.push(offer)
    if (this.old.length > KEPT_OFFERS_MAX) this.old.shift()
    switch (this.dice(12)) {
      case 0: return ctx.decline(offer, { refuseMs: this.dice(8_000) })
      // Not answered at all, or only later.
      case 1: return
      case 2:
        this.accept(offer, life, ctx)
        return this.accept(offer, life, ctx)
      default: return this.accept(offer, life, ctx)
    }
  }

  private accept(offer: Offer, life: number, ctx: FrameworkContext): void {
    const room = Math.floor((offer.resources.scalars['cpus'] ?? 0) / 1_000)
    // Now and then one more than there is room for.
    const count = Math.min(this.dice(room + 1) + (this.dice(10) === 0 ? 1 : 0), TASKS_MAX)
    const tasks = Array.from({ length: count }, () => this.wish(life))
    ctx.accept(offer, tasks, { refuseMs: this.dice(10_000) })
  }

  private wish(life: number): TaskInfo {
    const taskId = `${this.name}-t${this.next++}`
    this.histories.set(taskId, { taskId, state: undefined, step: 0, stepLife: 0, isAhead: false, over: false, life })
    const common = { id: taskId, resources: { cpus: 1, mem: 64 } }
    if (this.dice(4) > 0) return task({ ...common, command: 'sleep', killGraceMs: 500 + this.dice(3_000) })
    const executor = executorOf({ id: `e${this.dice(2)}`, command: ['custom'], resources: { cpus: 0.5, mem: 32 } })
    return task({ ...common, resources: { cpus: 0.5, mem: 32 }, executor })
  }

  private act(life: number, ctx: FrameworkContext): void {
    const open = this.open()
    const some = open[this.dice(open.length)]
    const old = this.old[this.dice(this.old.length)]
    switch (this.dice(8)) {
      case 0: case 1:
        if (some === undefined) return
        // What an instance asked for that is replaced meanwhile, the newer one does not know.
        if (life === this.life) this.doomed.add(some)
        return ctx.kill(some, { graceMs: this.dice(2_000) })
      case 2: return ctx.suppress()
      case 3: case 4: return ctx.revive()
      case 5: return old && this.accept(old, life, ctx)
      case 6: return old && ctx.decline(old)
      default: return some === undefined || !this.habits.reconciles ? undefined : ctx.reconcile([some])
    }
  }

  private hear(update: StatusUpdate, life: number): void {
    const { taskId, state, updateId, reason, text } = update
    const history = this.histories.get(taskId)
    if (!history) return this.ledger.violate('I1', `${this.name} hears of ${taskId}, which it never launched`)
    const step = updateId === undefined ? 0 : Number(updateId.slice(updateId.lastIndexOf('.') + 1))
    // It has not heard of that yet, and is told what was on its way.
    const isReplaced = life < history.stepLife
    if (step > 0 && !history.over) {
      if (step > history.step + 1 && !history.isAhead) {
        this.ledger.violate('I4', `${taskId}: step ${step} (${state}) comes after step ${history.step}`)
      }
      // A scheduler that has begun anew knows nothing, and the log may have lost what its former life was told.
      const mayBeOlder = isReplaced || (this.ledger.logHasLost && history.stepLife !== life)
      if (step < history.step && !mayBeOlder) {
        this.ledger.violate('I4', `${taskId}: step ${step} (${state}) comes again after step ${history.step}`)
      }
      if (step >= history.step) Object.assign(history, { step, stepLife: life, isAhead: false })
    }
    if (step === 0 && reason === 'reconciliation') history.isAhead = true
    // A scheduler that has begun anew may be told of older steps; its author knows better.
    const mayDiffer = this.ledger.logHasLost && history.life !== life
    // Nobody knew of it, and nobody will: it was asked for long ago, and that came late.
    const cameLate = history.state === 'UNKNOWN' && (state === 'DROPPED' || state === 'ERROR')
    const isAmiss = (isTerminal(state) && !mayDiffer && !cameLate) || (step > 0 && history.life === life)
    if (history.over && history.state !== state && isAmiss) {
      this.ledger.violate('I5', `${taskId} has ended as ${history.state}, and now is ${state} (${text})`)
    }
    if (state === 'UNKNOWN' && !history.over && history.step > 0) {
      this.ledger.violate('I1', `${taskId} was ${history.state}, and now nobody knows of it`)
    }
    if (history.over || (isReplaced && !isTerminal(state))) return
    history.life = life
    history.state = state
    history.over = isTerminal(state) || state === 'UNKNOWN'
  }
}
