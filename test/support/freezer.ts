/**
 * Freezer: a proxy on loopback that a test can freeze. Frozen, it holds every connection and accepts new
 * ones, and carries nothing, not even that one side has hung up: what a network is whose packets are dropped.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class Freezer {
  private readonly sockets = new Set<Socket>()
  /** What those that carry nothing will do when they thaw. */
  private readonly held = new Map<Socket, (() => void)[]>()
  private frozen = false
  private readonly server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket))

  private constructor(private readonly targetPort: number) {}

  /** To the broker at `url`; answers the way there through itself. */
  static async before(url: string): Promise<{ readonly freezer: Freezer; readonly url: string }> {
    const target = new URL(url)
    const freezer = new Freezer(Number(target.port))
    freezer.server.listen(0, '127.0.0.1')
    await once(freezer.server, 'listening')
    target.port = `${(freezer.server.address() as AddressInfo).port}`
    return { freezer, url: target.href }
  }

  /** From its clients. */
  get connections(): number {
    return this.sockets.size / 2
  }

  freeze(): void {
    this.frozen = true
    this.strand()
  }

  /** Freezes the connections that there are, for good; new ones are carried. */
  strand(): void {
    for (const socket of this.sockets) this.hold(socket)
  }

  /** What was held is carried on; connections that one side has left meanwhile are closed. */
  thaw(): void {
    this.frozen = false
    for (const socket of this.sockets) socket.resume()
    const held = [...this.held.values()].flat()
    this.held.clear()
    for (const act of held) act()
  }

  stop(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private accept(inner: Socket): void {
    const outer = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true })
    this.join(inner, outer)
    this.join(outer, inner)
  }

  private join(from: Socket, to: Socket): void {
    this.sockets.add(from)
    // `data` listeners make a socket flow; a frozen one stays as it is until it thaws.
    from.on('data', (chunk) => to.write(chunk)).on('end', () => this.carry(from, () => to.end()))
    from.on('error', () => undefined)
    from.on('close', () => this.carry(from, () => {
      this.sockets.delete(from)
      to.destroy()
    }))
    if (this.frozen) this.hold(from)
  }

  private hold(socket: Socket): void {
    socket.pause()
    if (!this.held.has(socket)) this.held.set(socket, [])
  }

  /** A paused socket tells all the same that the other side has gone. */
  private carry(from: Socket, act: () => void): void {
    const held = this.held.get(from)
    if (held) held.push(act)
    else act()
  }
}
