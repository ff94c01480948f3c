/**
 * Election in memory: the twin of the masters' token, for masters of one process. Who campaigns first has
 * it first.
 */
import type { ElectionEvent, ElectionRequest } from '../../actors/protocol/registrar.js'
import type { Ref } from '../../runtime/address.js'

type Tell = (to: Ref<ElectionEvent>, event: ElectionEvent) => void

interface Candidate {
  readonly tell: Tell
  replyTo: Ref<ElectionEvent> | undefined
}

export class MemoryElection {
  private readonly queue: Candidate[] = []

  /** A node's port to it. `end` is its death: the token goes to the next. */
  port(tell: Tell): { readonly handle: (request: ElectionRequest) => void; readonly end: () => void } {
    const candidate: Candidate = { tell, replyTo: undefined }
    const handle = (request: ElectionRequest): void => {
      switch (request.type) {
        case 'campaign': return this.campaign(candidate, request.replyTo)
        case 'renew': return this.renew(candidate)
        case 'pass-on': return this.passOn(candidate)
      }
    }
    return { handle, end: () => this.leave(candidate) }
  }

  private campaign(candidate: Candidate, replyTo: Ref<ElectionEvent>): void {
    const isNew = !this.queue.includes(candidate)
    candidate.replyTo = replyTo
    if (isNew) this.queue.push(candidate)
    // Who asks again has begun anew, and has forgotten that it has the token.
    if (this.queue[0] === candidate) this.give()
  }

  private renew(candidate: Candidate): void {
    if (this.queue[0] === candidate && candidate.replyTo) candidate.tell(candidate.replyTo, { type: 'token-renewed' })
  }

  private passOn(candidate: Candidate): void {
    if (!this.queue.includes(candidate)) return
    this.leave(candidate)
    this.queue.push(candidate)
    if (this.queue[0] === candidate) this.give()
  }

  private leave(candidate: Candidate): void {
    const index = this.queue.indexOf(candidate)
    if (index < 0) return
    this.queue.splice(index, 1)
    if (index === 0) this.give()
  }

  private give(): void {
    const [first] = this.queue
    if (first?.replyTo) first.tell(first.replyTo, { type: 'token-taken' })
  }
}
