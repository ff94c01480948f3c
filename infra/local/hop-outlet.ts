/**
 * Local hop outlet: brings the hops of a process to the embedded cluster that it has joined, over a socket of
 * their own, so that they never stand in the way of messages.
 */
import { connect, type Socket } from 'node:net'
import { FRAME_BYTES_MAX } from '../../runtime/transport.js'
import type { HopBatch, HopOutlet, OpenHopOutlet } from '../trace/hop-bus.js'
import { packBatch } from '../trace/hop-codec.js'
import { PACKET, PacketReader, writePacket } from './packets.js'

/** What may wait for the socket; beyond it hops are dropped. */
export const HOPS_WAITING_BYTES_MAX = 4_194_304
const RETRY_MS = 2_000

export const localHopOutlet = (socketPath: string): OpenHopOutlet => () => new LocalHopOutlet(socketPath)

class LocalHopOutlet implements HopOutlet {
  private socket: Socket | undefined
  private retry: NodeJS.Timeout | undefined
  private closed = false
  private tell: (isListenedTo: boolean) => void = () => undefined

  constructor(private readonly path: string) {}

  watchListeners(tell: (isListenedTo: boolean) => void): void {
    this.tell = tell
    this.join()
  }

  publish(batch: HopBatch): boolean {
    const { socket } = this
    if (!socket?.writable || socket.writableLength > HOPS_WAITING_BYTES_MAX) return false
    const bytes = packBatch(batch)
    if (!bytes || bytes.length > FRAME_BYTES_MAX) return this.publishHalves(batch)
    writePacket(socket, PACKET.hops, '', bytes)
    return true
  }

  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    const { socket } = this
    if (!socket || socket.destroyed) return
    // Whoever waits for its end must not end before it.
    socket.ref()
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.setTimeout(RETRY_MS, () => socket.destroy())
      socket.end()
    })
  }

  private publishHalves(batch: HopBatch): boolean {
    const { records } = batch
    const middle = records.length >> 1
    if (middle === 0) return false
    const isFirst = this.publish({ ...batch, records: records.slice(0, middle) })
    const missed = isFirst ? 0 : batch.missed + middle
    return this.publish({ ...batch, missed, records: records.slice(middle) })
  }

  private join(): void {
    const socket = connect(this.path)
    // Hops must not be what keeps a process alive.
    socket.unref()
    const reader = new PacketReader(({ kind, body }) => {
      if (kind === PACKET.listening) this.tell(body[0] === 1)
    })
    socket.on('connect', () => {
      this.socket = socket
      writePacket(socket, PACKET.hops)
    })
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.socket = undefined
      this.tell(false)
      if (this.closed) return
      this.retry = setTimeout(() => this.join(), RETRY_MS)
      this.retry.unref()
    })
  }
}
