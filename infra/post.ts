/**
 * Post: a node's transport, made of a link and of frames.
 *
 * Envelopes for the same destination that are produced in one turn of the event loop travel in one
 * frame: a broker carries few large messages far better than many small ones. The batch leaves in the
 * turn's check phase (`setImmediate`), after all actors that ran in it have had their say.
 */
import { isGroup, type NodeAddress } from '../runtime/address.js'
import { claimedSender } from '../runtime/envelope.js'
import {
  FRAME_BYTES_MAX, type Receiver, type Transport, type UndeliverableReason, type WireEnvelope,
} from '../runtime/transport.js'
import { Draft, readFrame } from './frame.js'
import type { LinkListener, OpenLink } from './link.js'

/** What one turn may produce; beyond it envelopes are refused. Links bound what waits for the wire. */
export const TURN_BYTES_MAX = 67_108_864

export interface PostOptions {
  /** Whether the envelopes of one turn share frames; without it each has a frame of its own. True unless given. */
  readonly batching?: boolean
}

interface Batch {
  readonly to: NodeAddress
  readonly draft: Draft
}

interface Refusal {
  readonly to: NodeAddress
  readonly envelope: WireEnvelope
  readonly reason: UndeliverableReason
}

/**
 * Opens the link of `self` and resolves once it is connected; rejects when the link cannot be opened.
 * The receiver is told nothing before the caller has the transport in hand, and never from within
 * a call to the transport.
 */
export async function openPost(
  self: NodeAddress, openLink: OpenLink, receiver: Receiver, { batching = true }: PostOptions = {},
): Promise<Transport> {
  const gate = new Gate()
  const listener: LinkListener = {
    frame: (frame, sender) => gate.pass(() => unpack(frame, sender, receiver)),
    forged: (reason) => gate.pass(() => receiver.forged(reason)),
    undeliverable: (to, frame, reason) => gate.pass(() => giveBack(to, frame, reason, receiver)),
    ...(receiver.acknowledged
      ? { acknowledged: (frame: Uint8Array) => gate.pass(() => acknowledge(frame, receiver)) } : {}),
    lost: (node) => gate.pass(() => receiver.lost(node)),
    connection: (state, reason) => gate.pass(() => receiver.connection(state, reason)),
  }
  const link = await openLink(self, listener)
  setImmediate(() => gate.open())
  const outbox = new Outbox(batching)
  let scheduled = false
  let closed = false

  const flush = (): void => {
    scheduled = false
    const { batches, refusals } = outbox.take()
    for (const { to, envelope, reason } of refusals) receiver.undeliverable(to, [envelope], reason)
    for (const { to, draft } of batches) link.send(to, draft.finish())
  }
  return {
    send(to, envelope) {
      if (closed) outbox.refuse(to, envelope, 'disconnected')
      else outbox.put(to, envelope)
      if (scheduled) return
      scheduled = true
      setImmediate(flush)
    },
    watch: (node) => link.watch(node),
    unwatch: (node) => link.unwatch(node),
    vitals: () => link.vitals(),
    async close() {
      closed = true
      flush()
      await link.close()
    },
  }
}

/** What this turn has produced so far, in the order in which it may leave. */
class Outbox {
  private batches: Batch[] = []
  private refusals: Refusal[] = []
  private open = new Map<NodeAddress, Batch>()
  private openAreGroups = false
  private bytes = 0

  constructor(private readonly batching: boolean) {}

  put(to: NodeAddress, envelope: WireEnvelope): void {
    const group = isGroup(to)
    // A group and its members share receivers. What was sent later must not overtake in an older batch.
    if (group !== this.openAreGroups) this.open.clear()
    this.openAreGroups = group
    const open = this.batching ? this.open.get(to) : undefined
    const before = open?.draft.bytes ?? 0
    const room = TURN_BYTES_MAX - this.bytes
    if (open?.draft.add(envelope, Math.min(FRAME_BYTES_MAX, before + room))) {
      this.bytes += open.draft.bytes - before
      return
    }
    const draft = Draft.of(envelope)
    // What cannot be packed contains itself or no plain data: a fault of its author. It has no size.
    if (!draft) return this.refuse(to, envelope, 'oversized')
    if (draft.bytes > room) return this.refuse(to, envelope, 'outbox-full')
    const batch: Batch = { to, draft }
    if (this.batching) this.open.set(to, batch)
    this.batches.push(batch)
    this.bytes += draft.bytes
  }

  refuse(to: NodeAddress, envelope: WireEnvelope, reason: UndeliverableReason): void {
    this.refusals.push({ to, envelope, reason })
  }

  take(): { readonly batches: readonly Batch[]; readonly refusals: readonly Refusal[] } {
    const { batches, refusals } = this
    this.batches = []
    this.refusals = []
    this.open = new Map()
    this.bytes = 0
    return { batches, refusals }
  }
}

/** Holds back what happens while the link opens, so that nobody answers before they can. */
class Gate {
  private held: (() => void)[] | undefined = []

  pass(event: () => void): void {
    if (this.held) this.held.push(event)
    else event()
  }

  open(): void {
    const held = this.held ?? []
    this.held = undefined
    for (const event of held) event()
  }
}

function unpack(frame: Uint8Array, sender: string | undefined, receiver: Receiver): void {
  const read = readFrame(frame)
  if (!read.ok) return receiver.malformed(read.reason)
  for (const envelope of read.envelopes) {
    const claimed = sender === undefined ? undefined : claimedSender(envelope)
    if (claimed === undefined || claimed.startsWith(sender ?? '')) receiver.received(envelope)
    else receiver.forged(`it says to be from '${claimed.slice(0, 200)}', and came from '${sender}'`)
  }
}

function acknowledge(frame: Uint8Array, receiver: Receiver): void {
  const read = readFrame(frame)
  if (read.ok) receiver.acknowledged?.(read.envelopes)
}

function giveBack(to: NodeAddress, frame: Uint8Array, reason: UndeliverableReason, receiver: Receiver): void {
  const read = readFrame(frame)
  // The frame was ours, so its envelopes are what `send` was given.
  if (read.ok) receiver.undeliverable(to, read.envelopes, reason)
}
