/**
 * Token: the masters' election in a simulated world. Who campaigns first has it first; who is frozen or
 * cut off for some seconds loses it to the next. It can be lost, and can be given to two.
 */
import type { ElectionEvent, ElectionRequest } from '../../../actors/protocol/registrar.js'
import type { Ref } from '../../../runtime/address.js'
import type { Random } from '../../../runtime/random.js'
import type { Events } from './events.js'
import type { SimulatedNode } from './node.js'

/** The broker takes a silent master for dead after about so long. */
const SILENT_MAX_MS = 3_000
const LATENCY_MS = 2

export class Candidate {
  replyTo: Ref<ElectionEvent> | undefined
  connected = true
  /** Has the token too, though another has it. */
  isSecond = false
  private silence = 0

  constructor(private readonly token: Token, readonly node: SimulatedNode) {}

  readonly port = (request: ElectionRequest): void => {
    if (request.type === 'campaign') this.replyTo = request.replyTo
    if (!this.connected) return
    const { events, random } = this.token
    events.after(random.next() * LATENCY_MS, () => {
      if (this.connected) this.token.take(this, request)
    })
  }

  /** Its connection is lost; the broker notices after a while, and so does it. */
  cut(): void {
    this.connected = false
    this.fallSilent()
    const { events, random } = this.token
    this.node.after(SILENT_MAX_MS * random.next(), () => {
      if (!this.connected) this.tell({ type: 'token-gone', reason: 'the connection was lost' })
    })
    events.after(0, () => this.token.settle())
  }

  mend(): void {
    if (this.connected) return
    this.connected = true
    this.silence++
    // Its place went with its connection, and the token with its place.
    this.token.leave(this)
    if (this.replyTo) this.token.enter(this)
  }

  /** A frozen master says nothing either. */
  fallSilent(): void {
    const silence = ++this.silence
    this.token.events.after(SILENT_MAX_MS, () => {
      if (silence !== this.silence || (this.connected && this.node.state === 'running')) return
      const had = this.token.holder === this
      this.token.leave(this)
      // Heard when it can hear again; and then it campaigns anew.
      if (had && this.connected) this.node.after(0, () => this.comeBack())
    })
  }

  tell(event: ElectionEvent): void {
    const { replyTo } = this
    if (replyTo) this.node.after(this.token.random.next() * LATENCY_MS, () => this.node.tell(replyTo, event))
  }

  private comeBack(): void {
    this.tell({ type: 'token-gone', reason: 'the broker had given it to another' })
    this.token.enter(this)
  }
}

export class Token {
  /** While it is lost nobody has it and nobody gets it. */
  private isLost = false
  private queue: Candidate[] = []

  constructor(readonly events: Events, readonly random: Random) {}

  candidate(node: SimulatedNode): Candidate {
    return new Candidate(this, node)
  }

  get holder(): Candidate | undefined {
    return this.isLost ? undefined : this.queue[0]
  }

  take(candidate: Candidate, { type }: ElectionRequest): void {
    if (type === 'campaign') {
      // Who asks again has begun anew, and has forgotten that it has the token.
      if (this.holder === candidate) candidate.tell({ type: 'token-taken' })
      return this.enter(candidate)
    }
    if (type === 'renew') {
      if (this.holder === candidate || candidate.isSecond) candidate.tell({ type: 'token-renewed' })
      return
    }
    candidate.isSecond = false
    if (!this.queue.includes(candidate)) return
    this.leave(candidate)
    this.enter(candidate)
  }

  enter(candidate: Candidate): void {
    if (this.queue.includes(candidate)) return
    this.queue.push(candidate)
    if (this.holder === candidate) candidate.tell({ type: 'token-taken' })
  }

  leave(candidate: Candidate): void {
    const had = this.holder === candidate
    this.queue = this.queue.filter((other) => other !== candidate)
    if (had) this.holder?.tell({ type: 'token-taken' })
  }

  /** The dead leave at once: the broker sees their connections end. */
  settle(): void {
    for (const candidate of this.queue.filter(({ node }) => node.state === 'dead')) this.leave(candidate)
  }

  lose(): void {
    this.isLost = true
  }

  /** Two believe to have it, until it melts into one. */
  double(): void {
    const second = this.queue.find((candidate) => candidate !== this.holder)
    if (!second || this.isLost) return
    second.isSecond = true
    second.tell({ type: 'token-taken' })
  }

  mend(): void {
    for (const candidate of this.queue) candidate.isSecond = false
    if (!this.isLost) return
    this.isLost = false
    this.holder?.tell({ type: 'token-taken' })
  }
}
