/**
 * Registry: the messages that a node understands, by type and by tag. The kernel's own are in every one.
 */
import { kernelProtocol } from './kernel-protocol.js'
import type { Protocol } from './protocol.js'
import { record, type Schema } from './schema.js'

/** One declared message, ready to pack and unpack. */
export interface Entry {
  readonly type: string
  readonly tag: number
  readonly doc: string
  readonly body: Schema<object>
}

export class Registry {
  private readonly types = new Map<string, Entry>()
  private readonly tags = new Map<number, Entry>()

  /** Throws when two declarations share a type or a tag, or a field is called `type`. */
  constructor(...protocols: readonly Protocol[]) {
    for (const protocol of [...protocols, kernelProtocol]) {
      for (const [type, { tag, doc, fields }] of Object.entries(protocol)) {
        const clash = this.types.get(type) ?? this.tags.get(tag)
        if (clash) throw new Error(`'${type}' (tag ${tag}) clashes with '${clash.type}' (tag ${clash.tag})`)
        if ('type' in fields) throw new Error(`'${type}' has a field 'type', which is the message's own name`)
        const entry = { type, tag, doc, body: record(fields) as Schema<object> }
        this.types.set(type, entry)
        this.tags.set(tag, entry)
      }
    }
  }

  byType(type: string): Entry | undefined {
    return this.types.get(type)
  }

  byTag(tag: number): Entry | undefined {
    return this.tags.get(tag)
  }

  /** Every declaration, by tag. */
  entries(): Entry[] {
    return [...this.tags.values()].sort((left, right) => left.tag - right.tag)
  }
}
