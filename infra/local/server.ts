/**
 * Local server: lets other processes of this machine join a memory hub as nodes.
 *
 * Each socket is one node. The hub does not know the difference: the server opens a link in the guest's
 * name and passes on what happens there, so a guest that dies is lost like any other.
 */
import { createServer, type Socket } from 'node:net'
import { isGroup, kindOf, type NodeAddress } from '../../runtime/address.js'
import type { Link, LinkListener } from '../link.js'
import type { MemoryHub } from '../memory/link.js'
import { MemoryHopBus, type HopOutlet } from '../trace/hop-bus.js'
import { unpackBatch } from '../trace/hop-codec.js'
import { PACKET, type Packet, PacketReader, PROTOCOL_VERSION, REASONS, writePacket } from './packets.js'
import { listenAt } from './socket-path.js'

/** A guest that reads so slowly that this much waits for it is cut off; its watchers are told. */
export const GUEST_BYTES_MAX = 134_217_728
export const GUESTS_MAX = 4_096
const HELLO_TIMEOUT_MS = 5_000

export interface LocalServer {
  /** Cuts all guests off and removes the socket file. */
  close(): Promise<void>
}

/** Rejects, with a message that names the fix, when the path cannot be listened on. */
/** @param bus takes the hops of guests */
export async function serveLocal(hub: MemoryHub, socketPath: string, bus = new MemoryHopBus()): Promise<LocalServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new Guest(hub, bus, socket)
  })
  server.maxConnections = GUESTS_MAX
  await listenAt(server, socketPath)
  return {
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    }),
  }
}

class Guest {
  private link: Link | undefined
  private greeted = false

  private hops: HopOutlet | undefined

  constructor(private readonly hub: MemoryHub, private readonly bus: MemoryHopBus, private readonly socket: Socket) {
    const reader = new PacketReader((packet) => this.take(packet))
    socket.setTimeout(HELLO_TIMEOUT_MS, () => socket.destroy())
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk)
      } catch {
        // No packets: whatever is at the other end, it does not speak our language.
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('end', () => this.leave())
    socket.on('close', () => this.leave())
  }

  private take({ kind, address, body }: Packet): void {
    if (kind === PACKET.hops && !this.greeted) return this.takeHops(body)
    if (!this.link) return kind === PACKET.hello && !this.greeted ? this.greet(address, body) : this.cutOff()
    switch (kind) {
      case PACKET.frame: return this.link.send(address, body)
      case PACKET.watch: return this.link.watch(address)
      case PACKET.unwatch: return this.link.unwatch(address)
      default: return this.cutOff()
    }
  }

  /** A socket that brings hops and is no node. */
  private takeHops(body: Uint8Array): void {
    this.socket.setTimeout(0)
    if (!this.hops) {
      this.hops = this.bus.open('' as NodeAddress)
      this.hops.watchListeners((isListenedTo) => this.tell(() => {
        writePacket(this.socket, PACKET.listening, '', Uint8Array.of(isListenedTo ? 1 : 0))
      }))
    }
    const batch = body.length > 0 ? unpackBatch(body) : undefined
    if (batch) this.hops.publish(batch)
  }

  private greet(self: NodeAddress, body: Uint8Array): void {
    this.greeted = true
    this.socket.setTimeout(0)
    if (body[0] !== PROTOCOL_VERSION) {
      return this.refuse(`it speaks version ${PROTOCOL_VERSION} of the protocol, not ${body[0]}`)
    }
    if (!kindOf(self) || !self.includes('@') || isGroup(self)) {
      return this.refuse(`'${self}' is no node's address`)
    }
    this.hub.open(self, this.listener()).then(
      (link) => {
        this.link = link
        if (this.socket.destroyed) return this.leave()
        writePacket(this.socket, PACKET.welcome)
      },
      (error: Error) => this.refuse(error.message),
    )
  }

  private listener(): LinkListener {
    const { socket } = this
    return {
      frame: (frame) => this.tell(() => writePacket(socket, PACKET.frame, '', frame)),
      // The hub of this process vouches for nobody.
      forged: () => undefined,
      undeliverable: (to, frame, reason) => this.tell(() => {
        const body = Buffer.concat([Buffer.from([REASONS.indexOf(reason)]), frame])
        writePacket(socket, PACKET.undeliverable, to, body)
      }),
      lost: (node) => this.tell(() => writePacket(socket, PACKET.lost, node)),
      connection: () => undefined,
    }
  }

  private tell(write: () => void): void {
    if (!this.socket.writable) return
    if (this.socket.writableLength > GUEST_BYTES_MAX) return this.cutOff()
    write()
  }

  private refuse(reason: string): void {
    writePacket(this.socket, PACKET.refused, '', Buffer.from(reason))
    this.socket.end()
  }

  private cutOff(): void {
    this.socket.destroy()
  }

  private leave(): void {
    void this.link?.close()
    void this.hops?.close()
  }
}
