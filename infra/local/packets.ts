/**
 * Packets: what travels on a local socket; a frame with the little that the other side must know.
 *
 * A packet is its length (4 bytes, of what follows), its kind (1), the length of an address (2), the
 * address and a body. Reading never looks further than one packet, and none is longer than the limit.
 */
import type { Socket } from 'node:net'
import type { NodeAddress } from '../../runtime/address.js'
import type { UndeliverableReason } from '../../runtime/transport.js'
import { INBOUND_BYTES_MAX } from '../codec.js'

/** Raised when the meaning of packets changes; the two sides may be of different versions. */
export const PROTOCOL_VERSION = 1
export const PACKET_BYTES_MAX = INBOUND_BYTES_MAX + 1_024

/** What each kind carries besides its address. */
export const PACKET = {
  /** To the hub: join as this address. Body: the protocol version, one byte. */
  hello: 1,
  /** From the hub: joined. */
  welcome: 2,
  /** From the hub: not joined. Body: why, as text. */
  refused: 3,
  /** Body: a frame, to this address or (without one) for the receiver. */
  frame: 4,
  /** From the hub: a frame to this address came back. Body: its reason, one byte, and the frame. */
  undeliverable: 5,
  watch: 6,
  unwatch: 7,
  /** From the hub: this node has ended. */
  lost: 8,
  /** The first of a socket that carries hops alone, or of one who has them. Body: a batch, or nothing. */
  hops: 9,
  /** From the hub, on such a socket. Body: whether anybody listens, one byte. */
  listening: 10,
} as const
export type PacketKind = (typeof PACKET)[keyof typeof PACKET]

/** In the order of their numbers on the wire: only ever appended. */
export const REASONS: readonly UndeliverableReason[] =
  ['no-such-node', 'disconnected', 'outbox-full', 'oversized', 'unconfirmed']

export interface Packet {
  readonly kind: number
  readonly address: NodeAddress
  /** Shares memory with what was received. */
  readonly body: Uint8Array
}

const NOTHING = new Uint8Array(0)
const LENGTH_BYTES = 4
const HEADER_BYTES = 3

export function writePacket(
  socket: Socket, kind: PacketKind, address: NodeAddress | '' = '', body: Uint8Array = NOTHING,
): void {
  const addressBytes = Buffer.byteLength(address)
  const header = Buffer.allocUnsafe(LENGTH_BYTES + HEADER_BYTES + addressBytes)
  header.writeUInt32BE(HEADER_BYTES + addressBytes + body.length)
  header[4] = kind
  header.writeUInt16BE(addressBytes, 5)
  header.write(address, 7)
  // Corked until the turn ends: all packets of a flush leave in one system call.
  if (socket.writableCorked === 0) {
    socket.cork()
    process.nextTick(() => socket.uncork())
  }
  socket.write(header)
  if (body.length > 0) socket.write(body)
}

/** Cuts a stream of bytes into packets. */
export class PacketReader {
  private chunks: Buffer[] = []
  private size = 0
  private needed = LENGTH_BYTES

  constructor(private readonly onPacket: (packet: Packet) => void) {}

  /** Takes the next bytes. Throws when they are no packets: the stream cannot be read any further. */
  push(chunk: Buffer): void {
    this.chunks.push(chunk)
    this.size += chunk.length
    if (this.size < this.needed) return
    const bytes = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks)
    let offset = 0
    while (bytes.length - offset >= LENGTH_BYTES) {
      const end = offset + LENGTH_BYTES + lengthAt(bytes, offset)
      if (end > bytes.length) break
      this.onPacket(packetAt(bytes.subarray(offset + LENGTH_BYTES, end)))
      offset = end
    }
    const rest = bytes.subarray(offset)
    this.chunks = rest.length > 0 ? [rest] : []
    this.size = rest.length
    this.needed = rest.length < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + lengthAt(rest, 0)
  }
}

function lengthAt(bytes: Buffer, offset: number): number {
  const length = bytes.readUInt32BE(offset)
  if (length < HEADER_BYTES || length > PACKET_BYTES_MAX) throw new Error(`a packet of ${length} bytes`)
  return length
}

function packetAt(bytes: Buffer): Packet {
  const kind = bytes.readUInt8(0)
  const bodyAt = HEADER_BYTES + bytes.readUInt16BE(1)
  if (bodyAt > bytes.length) throw new Error('an address longer than its packet')
  const address = bytes.toString('utf8', HEADER_BYTES, bodyAt) as NodeAddress
  return { kind, address, body: bytes.subarray(bodyAt) }
}
