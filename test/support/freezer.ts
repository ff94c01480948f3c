/**
 * Freezer: a proxy on loopback that a test can freeze. Frozen, it holds every connection and accepts new
 * ones, and carries nothing: what a network is whose packets are dropped.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export class Freezer {
  private readonly sockets = new Set<Socket>()
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
    for (const socket of this.sockets) socket.pause()
  }

  /** Freezes the connections that there are, for good; new ones are carried. */
  strand(): void {
    for (const socket of this.sockets) socket.pause()
  }

  /** What was held is carried on; connections that one side has left meanwhile are closed. */
  thaw(): void {
    this.frozen = false
    for (const socket of this.sockets) socket.resume()
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
    from.on('data', (chunk) => to.write(chunk)).on('end', () => to.end())
    from.on('error', () => undefined)
    from.on('close', () => {
      this.sockets.delete(from)
      to.destroy()
    })
    if (this.frozen) from.pause()
  }
}
