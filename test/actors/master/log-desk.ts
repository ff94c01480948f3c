/** Log desk: a registrar with the log that a test writes for it, and all that it asks and tells. */
import assert from 'node:assert/strict'
import { registrar } from '../../../actors/master/registrar.js'
import type { Message } from '../../../actors/master/registrar-state.js'
import { LOG_FORMAT, type LogEntry } from '../../../actors/protocol/log-entry.js'
import type { LogRecord } from '../../../actors/protocol/log.js'
import type { ElectionRequest, RegistrarEvent, ReplayEvent } from '../../../actors/protocol/registrar.js'
import { nodeAddress, refOf } from '../../../runtime/address.js'
import type { StreamRequest } from '../../../runtime/stream.js'
import { drive, type Driven } from '../../support/drive.js'

const node = nodeAddress('master', 'driven', '1')
const stream = refOf<StreamRequest<LogEntry>>(node, 'port.stream')
const election = refOf<ElectionRequest>(node, 'port.election')
const master = refOf<RegistrarEvent>(node, 'master')
export const record = (number: number): LogRecord =>
  ({ type: 'agent-removed', agentId: `S${number}` as never, atMs: number })
export const FOUNDED: LogEntry =
  { type: 'log-founded', clusterId: 'c1', cluster: 'old', prefix: 'w', format: LOG_FORMAT }
export const claimed = (epoch: number, nonce = 'other'): LogEntry =>
  ({ type: 'log-claimed', epoch, nonce, master: 'm0' })

export class LogDesk {
  readonly driven: Driven<unknown, Message>
  private position = 0
  private replays = 0

  constructor() {
    this.driven = drive(registrar({ cluster: 'warren', name: 'm1', stream, election })) as Driven<unknown, Message>
    this.replay()
  }

  /** What it has added to the stream since the last look. */
  added(): LogEntry[] {
    const added = this.driven.toldTo(stream).flatMap((request) => (request.type === 'add' ? request.entries : []))
    const others = this.driven.told.filter(({ to, message }) => to !== stream || message.type !== 'add')
    this.driven.told.splice(0, Infinity, ...others)
    return added
  }

  reading(): Extract<StreamRequest<LogEntry>, { type: 'read' }> {
    const read = this.driven.toldTo(stream).findLast(({ type }) => type === 'read')
    assert.ok(read?.type === 'read')
    return read
  }

  bring(...entries: readonly LogEntry[]): void {
    this.driven.receive({ type: 'stream-entries', reading: this.reading().reading, position: this.position, entries })
    this.position += entries.length
  }

  /** Brings what stands somewhere in the log. */
  bringAt(position: number, ...entries: readonly LogEntry[]): void {
    this.position = position
    this.bring(...entries)
  }

  /** The log brings back what was added. */
  readBack(): LogEntry[] {
    const added = this.added()
    this.bring(...added)
    return added
  }

  /** How often it has said since the last look that what it adds does not come. */
  unheard(): number {
    const unheard = this.driven.toldTo(stream).filter(({ type }) => type === 'unheard').length
    const others = this.driven.told.filter(({ to, message }) => to !== stream || message.type !== 'unheard')
    this.driven.told.splice(0, Infinity, ...others)
    return unheard
  }

  heard(): ReplayEvent[] {
    return this.heardOf().map(({ replay: _, ...event }) => event)
  }

  /** With the numbers of the replays that they are of. */
  heardOf(): RegistrarEvent[] {
    const heard = this.driven.toldTo(master)
    this.driven.told.splice(0, Infinity, ...this.driven.told.filter(({ to }) => to !== master))
    return heard
  }

  asked(): string[] {
    const asked = this.driven.toldTo(election).map(({ type }) => type)
    this.driven.told.splice(0, Infinity, ...this.driven.told.filter(({ to }) => to !== election))
    return asked
  }

  /** The log is read anew, from its beginning. */
  replay(): void {
    this.driven.receive({ type: 'replay', replay: ++this.replays, replyTo: master })
    this.position = 0
  }
}

/** Of a registrar that leads. */
export function leading(): LogDesk {
  const desk = new LogDesk()
  desk.driven.receive({ type: 'token-taken' })
  desk.readBack()
  desk.heard()
  desk.asked()
  return desk
}
