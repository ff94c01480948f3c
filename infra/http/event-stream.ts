/**
 * Event stream: an answer that goes on as server-sent events, for whoever looks on. One that reads too slowly
 * is hung up on: it comes again, and begins anew.
 */
import type { FastifyReply } from 'fastify'

/** What may wait for one reader. */
export const WAITING_BYTES_MAX = 8_388_608
/** A comment goes out this often, so that both sides notice when the other is gone. */
const HEARTBEAT_MS = 15_000

export class EventStream {
  private readonly heartbeat: NodeJS.Timeout
  private closers: (() => void)[] = []
  isOpen = true

  constructor(private readonly reply: FastifyReply) {
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no',
    })
    raw.write('retry: 1000\n\n')
    this.heartbeat = setInterval(() => this.write(':\n\n'), HEARTBEAT_MS)
    raw.once('close', () => this.over())
  }

  send(event: string, data: unknown, id?: string): void {
    this.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Called once, when the reader has gone or was hung up on. */
  onClose(closer: () => void): void {
    if (this.isOpen) this.closers.push(closer)
    else closer()
  }

  close(): void {
    this.reply.raw.end()
    this.over()
  }

  private write(text: string): void {
    if (!this.isOpen) return
    const { raw } = this.reply
    if (raw.writableLength > WAITING_BYTES_MAX) raw.destroy()
    else raw.write(text)
  }

  private over(): void {
    if (!this.isOpen) return
    this.isOpen = false
    clearInterval(this.heartbeat)
    for (const closer of this.closers) closer()
  }
}
