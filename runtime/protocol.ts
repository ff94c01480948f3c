/**
 * Protocol: the messages that may travel between nodes, each declared once with its tag, its meaning
 * and its fields. Packing, validation and the protocol table follow from the declarations.
 *
 * Tags are numbers that are never reused: a retired message stays listed (`retired`).
 */
import { record, type Fields, type RecordOf, type Schema } from './schema.js'

export interface Declaration<F extends Fields = Fields> {
  readonly tag: number
  readonly doc: string
  readonly fields: F
}

/** Declarations by message type. */
export type Protocol = Readonly<Record<string, Declaration>>

/** The union of a protocol's messages. */
export type MessageOf<P extends Protocol> = {
  [K in keyof P & string]: { readonly type: K } & RecordOf<P[K]['fields']>
}[keyof P & string]

/** Declares one message. `doc` is a sentence for the protocol table. */
export const message = <F extends Fields>(tag: number, doc: string, fields: F): Declaration<F> =>
  ({ tag, doc, fields })

/** One declared message, ready to pack and unpack. */
export interface Entry {
  readonly type: string
  readonly tag: number
  readonly doc: string
  readonly body: Schema<object>
}

/** All messages that a node understands, by type and by tag. */
export class Registry {
  private readonly types = new Map<string, Entry>()
  private readonly tags = new Map<number, Entry>()

  /** Throws when two declarations share a type or a tag, or a field is called `type`. */
  constructor(...protocols: readonly Protocol[]) {
    for (const protocol of protocols) {
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
