/**
 * Protocol: the messages that may travel between nodes, each declared once with its tag, its meaning
 * and its fields. Packing, validation and the protocol table follow from the declarations.
 *
 * Tags are numbers that are never reused: a retired message stays listed (`retired`).
 */
import type { Fields, RecordOf } from './schema.js'

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
