/**
 * Local link: joins the cluster of another process of this machine, over its Unix socket.
 *
 * When the server goes away everything sent comes back as `disconnected`, and the link tries again
 * until it is closed. Whoever was watched is watched again then; the hub tells who is no more.
 */
import { connect, type Socket } from 'node:net'
import type { NodeAddress } from '../../runtime/address.js'
import type { TransportVitals, UndeliverableReason } from '../../runtime/transport.js'
import { type Backoff, backoffMs } from '../backoff.js'
import type { Link, LinkListener, OpenLink } from '../link.js'
import { PACKET, type Packet, PacketReader, PROTOCOL_VERSION, REASONS, writePacket } from './packets.js'
import { Standing } from '../standing.js'
import { checkSocketPath } from './socket-path.js'

/** What may wait for the socket; beyond it frames come back as `outbox-full`. */
export const OUTBOX_BYTES_MAX = 67_108_864
const JOIN_TIMEOUT_MS = 5_000
const LEAVE_TIMEOUT_MS = 2_000
const VERSION = Buffer.from([PROTOCOL_VERSION])
const RECONNECT: Backoff = { firstMs: 50, maxMs: 2_000 }

/** Opening rejects, with a message that names the fix, when nobody listens at the path. */
export const localLink = (socketPath: string): OpenLink => async (self, listener) => {
  checkSocketPath(socketPath)
  const link = new LocalLink(socketPath, self, listener)
  await link.join()
  return link
}

class LocalLink implements Link {
  private readonly watched = new Set<NodeAddress>()
  private readonly standing = new Standing((state, reason) => this.listener.connection(state, reason))
  private socket: Socket | undefined
  private joining: Socket | undefined
  private retry: NodeJS.Timeout | undefined
  private closed = false

  constructor(
    private readonly path: string, private readonly self: NodeAddress,
    private readonly listener: LinkListener,
  ) {}

  /** Connects and says hello; resolves with the welcome. */
  join(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.path)
      this.joining = socket
      const fail = (reason: string): void => {
        socket.destroy()
        reject(new Error(`cannot join the warren at '${this.path}': ${reason}`))
      }
      const reader = new PacketReader((packet) => {
        if (this.socket === socket) return this.take(packet)
        if (packet.kind !== PACKET.welcome) return fail(Buffer.from(packet.body).toString())
        this.joined(socket)
        resolve()
      })
      socket.setTimeout(JOIN_TIMEOUT_MS, () => fail(`no answer within ${JOIN_TIMEOUT_MS} ms`))
      socket.on('connect', () => writePacket(socket, PACKET.hello, this.self, VERSION))
      socket.on('error', (error: NodeJS.ErrnoException) => fail(explain(error)))
      socket.on('data', (chunk) => {
        try {
          reader.push(chunk)
        } catch (error) {
          fail((error as Error).message)
        }
      })
      socket.on('close', () => {
        fail('it hung up')
        if (this.socket === socket) this.disconnected()
      })
    })
  }

  send(to: NodeAddress, frame: Uint8Array): void {
    const { socket } = this
    if (!socket?.writable) return this.giveBack(to, frame, 'disconnected')
    const waitingBytes = socket.writableLength + frame.length
    if (waitingBytes > OUTBOX_BYTES_MAX) return this.giveBack(to, frame, 'outbox-full')
    writePacket(socket, PACKET.frame, to, frame)
  }

  vitals(): TransportVitals {
    return this.standing.vitals({ waitingBytes: this.socket?.writableLength ?? 0 })
  }

  watch(node: NodeAddress): void {
    this.watched.add(node)
    if (this.socket?.writable) writePacket(this.socket, PACKET.watch, node)
  }

  unwatch(node: NodeAddress): void {
    this.watched.delete(node)
    if (this.socket?.writable) writePacket(this.socket, PACKET.unwatch, node)
  }

  close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    this.joining?.destroy()
    const { socket } = this
    if (!socket) return Promise.resolve()
    return new Promise((resolve) => {
      socket.once('close', () => resolve())
      socket.setTimeout(LEAVE_TIMEOUT_MS, () => socket.destroy())
      socket.end()
    })
  }

  private joined(socket: Socket): void {
    socket.setTimeout(0)
    this.joining = undefined
    this.socket = socket
    for (const node of this.watched) writePacket(socket, PACKET.watch, node)
  }

  private take({ kind, address, body }: Packet): void {
    switch (kind) {
      case PACKET.frame: return this.listener.frame(body)
      case PACKET.undeliverable:
        return this.listener.undeliverable(address, body.subarray(1), REASONS[body[0] ?? 0] ?? 'no-such-node')
      case PACKET.lost:
        if (this.watched.delete(address)) this.listener.lost(address)
    }
  }

  private disconnected(): void {
    this.socket = undefined
    if (this.closed) return
    this.standing.become('disconnected')
    this.rejoin(0)
  }

  private rejoin(attempt: number): void {
    this.retry = setTimeout(() => {
      this.join().then(
        () => this.standing.become('connected'),
        () => this.closed || this.rejoin(attempt + 1),
      )
    }, backoffMs(RECONNECT, attempt))
  }

  private giveBack(to: NodeAddress, frame: Uint8Array, reason: UndeliverableReason): void {
    queueMicrotask(() => this.listener.undeliverable(to, frame, reason))
  }
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return "none runs there; start one with 'warren dev'"
  if (code === 'EACCES') return 'it belongs to another user'
  return message
}
