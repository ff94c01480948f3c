/**
 * Schema: the shape of a value, declared once. Its type, its packing and its validation follow.
 *
 * Keys do not travel: a record is packed as an array in the order of its fields, so fields may only
 * ever be appended. A shorter array comes from an older sender (its missing fields must be optional),
 * a longer one from a newer (the surplus is ignored). Unpacking is the only validation there is: it
 * builds a fresh value from untrusted plain data, or throws `Invalid`.
 */
import type { Ref } from './address.js'

export interface Schema<T> {
  /** How the type reads in the protocol table. */
  readonly notation: string
  pack(value: T): unknown
  unpack(raw: unknown): T
  /** What an absent field means; undefined when it may not be absent. */
  readonly optional?: true
  /** The value with what is secret in it replaced; undefined where nothing is. */
  redact?(value: T): unknown
  /** The fields within that are secret, by name; undefined when the value itself is. */
  readonly secretFields?: ReadonlySet<string> | undefined
}

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never

export type Fields = Readonly<Record<string, Schema<unknown>>>
type OptionalNames<F extends Fields> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F]
type Flat<T> = { [K in keyof T]: T[K] }
/** The record type of a set of fields. */
export type RecordOf<F extends Fields> = Flat<
  & { readonly [K in Exclude<keyof F, OptionalNames<F>>]: Infer<F[K]> }
  & { readonly [K in OptionalNames<F>]?: F[K] extends Optional<infer T> ? T : never }
>

/** Untrusted data that does not fit; `message` says where and what was expected. */
export class Invalid extends Error {}

export const TEXT_CHARACTERS_MAX = 65_536
export const LIST_ITEMS_MAX = 100_000
export const ID_CHARACTERS_MAX = 255

export const text = (charactersMax = TEXT_CHARACTERS_MAX): Schema<string> =>
  checked(`text`, (raw): raw is string => typeof raw === 'string' && raw.length <= charactersMax)

/** Stands in traces for what was secret. */
export const REDACTED = '[secret]'

/** A value that no trace may show, wherever it goes. */
export const secret = <T>(shape: Schema<T>): Schema<T> => ({ ...shape, redact: () => REDACTED })

/** A branded identifier: 1 to 255 characters without control characters or slashes. */
export const id = <Id extends string>(): Schema<Id> =>
  checked('id', (raw): raw is Id => typeof raw === 'string' && isLegalId(raw))

export function isLegalId(candidate: string): boolean {
  return candidate.length > 0 && candidate.length <= ID_CHARACTERS_MAX
    && candidate !== '.' && candidate !== '..' && !/[\u0000-\u001f\u007f/\\]/.test(candidate)
}

/** The address of an actor that accepts `Message`; the sender vouches for the type. */
export const ref = <Message>(): Schema<Ref<Message>> =>
  checked('ref', (raw): raw is Ref<Message> => typeof raw === 'string' && ADDRESS.test(raw))

const ADDRESS = /^[\w.-]{1,200}@[\w*]{1,64}\/.{1,500}$/

export const flag: Schema<boolean> = checked('flag', (raw) => typeof raw === 'boolean')
/** A whole number, zero or more. */
export const natural: Schema<number> =
  checked('natural', (raw) => Number.isSafeInteger(raw) && (raw as number) >= 0)
export const integer: Schema<number> = checked('integer', (raw) => Number.isSafeInteger(raw))
export const real: Schema<number> = checked('real', (raw) => Number.isFinite(raw))
export const bytes: Schema<Uint8Array> = checked('bytes', (raw) => raw instanceof Uint8Array)

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(...words: Words): Schema<Words[number]> =>
  checked(words.map((word) => `'${word}'`).join(' \\| '), (raw): raw is Words[number] =>
    typeof raw === 'string' && words.includes(raw))

export function list<T>(items: Schema<T>, itemsMax = LIST_ITEMS_MAX): Schema<readonly T[]> {
  const { redact, secretFields } = items
  return {
    ...(redact ? { redact: (values: readonly T[]) => values.map(redact), secretFields } : {}),
    notation: `[${items.notation}]`,
    pack: (values) => values.map((value) => items.pack(value)),
    unpack(raw) {
      if (!Array.isArray(raw)) throw new Invalid('expected a list')
      if (raw.length > itemsMax) throw new Invalid(`expected at most ${itemsMax} items`)
      return raw.map((item, index) => at(index, () => items.unpack(item)))
    },
  }
}

/** Names to values; packed as pairs, because keys of plain objects can poison prototypes. */
export function table<T>(
  values: Schema<T>, entriesMax = LIST_ITEMS_MAX,
): Schema<Readonly<Record<string, T>>> {
  const pairs = list(tuple(text(), values), entriesMax)
  const { redact, secretFields } = values
  return {
    ...(redact ? { redact: (named: Readonly<Record<string, T>>) => mapped(named, redact), secretFields } : {}),
    notation: `{[text]: ${values.notation}}`,
    pack: (record) => pairs.pack(Object.entries(record)),
    unpack: (raw) => Object.fromEntries(pairs.unpack(raw).filter(([name]) => name !== '__proto__')),
  }
}

/** A shape with a further rule; `problem` names what is wrong, or is undefined. */
export const refined = <T>(shape: Schema<T>, problem: (value: T) => string | undefined): Schema<T> => ({
  ...shape,
  unpack(raw) {
    const value = shape.unpack(raw)
    const found = problem(value)
    if (found !== undefined) throw new Invalid(found)
    return value
  },
})

export function tuple<A, B>(first: Schema<A>, second: Schema<B>): Schema<readonly [A, B]> {
  return {
    notation: `(${first.notation}, ${second.notation})`,
    pack: ([a, b]) => [first.pack(a), second.pack(b)],
    unpack(raw) {
      if (!Array.isArray(raw) || raw.length < 2) throw new Invalid('expected a pair')
      return [first.unpack(raw[0]), second.unpack(raw[1])]
    },
  }
}

interface Optional<T> extends Schema<T> { readonly optional: true }

/** A field that may be absent. */
export const optional = <T>(present: Schema<T>): Optional<T> =>
  ({ ...present, notation: `${present.notation}?`, optional: true })

export function record<F extends Fields>(fields: F): Schema<RecordOf<F>> {
  const entries = Object.entries(fields) as [string, Schema<unknown>][]
  return {
    ...redactionOf(entries),
    notation: `{${entries.map(([name, field]) => `${name}: ${field.notation}`).join(', ')}}`,
    pack(value) {
      const source = value as Record<string, unknown>
      const packed: unknown[] = new Array(entries.length)
      for (let index = 0; index < entries.length; index++) {
        const [name, field] = entries[index] as [string, Schema<unknown>]
        const present = source[name]
        packed[index] = present === undefined ? null : field.pack(present)
      }
      while (packed.length > 0 && packed[packed.length - 1] === null) packed.pop()
      return packed
    },
    unpack(raw) {
      if (!Array.isArray(raw)) throw new Invalid('expected a record')
      const value: Record<string, unknown> = {}
      for (let index = 0; index < entries.length; index++) {
        const [name, field] = entries[index] as [string, Schema<unknown>]
        const present: unknown = raw[index]
        if (present !== undefined && present !== null) value[name] = at(name, () => field.unpack(present))
        else if (!field.optional) throw new Invalid(`${name}: missing`)
      }
      return value as RecordOf<F>
    },
  }
}

/** One of several shapes, told apart by their `type`; packed with its place in the declaration. */
export function choice<V extends Readonly<Record<string, Fields>>>(
  variants: V,
): Schema<{ [K in keyof V & string]: Flat<{ readonly type: K } & RecordOf<V[K]>> }[keyof V & string]> {
  type Value = { [K in keyof V & string]: Flat<{ readonly type: K } & RecordOf<V[K]>> }[keyof V & string]
  const names = Object.keys(variants)
  const shapes = Object.values(variants).map((fields) => record(fields) as Schema<unknown>)
  const redact = (value: Value): unknown => shapes[names.indexOf(value.type)]?.redact?.(value) ?? value
  const secretFields = new Set(shapes.flatMap((shape) => [...shape.secretFields ?? []]))
  return {
    ...(secretFields.size > 0 ? { redact, secretFields } : {}),
    notation: names.map((name, index) => `${name} ${shapes[index]?.notation}`).join(' \\| '),
    pack(value) {
      const index = names.indexOf((value as { type: string }).type)
      const shape = shapes[index]
      if (!shape) throw new Error(`expected one of ${names.join(', ')}`)
      return [index, shape.pack(value)]
    },
    unpack(raw) {
      const [index, packed] = Array.isArray(raw) ? raw : []
      const shape = typeof index === 'number' ? shapes[index] : undefined
      const type = typeof index === 'number' ? names[index] : undefined
      if (shape === undefined || type === undefined) throw new Invalid(`expected one of ${names.join(', ')}`)
      return { type, ...at(type, () => shape.unpack(packed)) as object } as Value
    },
  }
}

function redactionOf(entries: readonly [string, Schema<unknown>][]): Pick<Schema<object>, 'redact' | 'secretFields'> {
  const secrets = entries.filter(([, field]) => field.redact)
  if (secrets.length === 0) return {}
  return {
    secretFields: new Set(secrets.flatMap(([name, field]) => [...field.secretFields ?? [name]])),
    redact(value) {
      const redacted: Record<string, unknown> = { ...value }
      for (const [name, field] of secrets) {
        if (redacted[name] !== undefined) redacted[name] = field.redact?.(redacted[name])
      }
      return redacted
    },
  }
}

const mapped = <T>(named: Readonly<Record<string, T>>, map: (value: T) => unknown): object =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [name, map(value)]))

function checked<T>(notation: string, fits: (raw: unknown) => raw is T): Schema<T>
function checked<T>(notation: string, fits: (raw: unknown) => boolean): Schema<T>
function checked<T>(notation: string, fits: (raw: unknown) => boolean): Schema<T> {
  return {
    notation,
    pack: (value) => value,
    unpack(raw) {
      if (!fits(raw)) throw new Invalid(`expected ${notation}`)
      return raw as T
    },
  }
}

/** Prefixes the place to what went wrong inside it. */
function at<T>(place: string | number, unpack: () => T): T {
  try {
    return unpack()
  } catch (error) {
    if (error instanceof Invalid) throw new Invalid(`${place}: ${error.message}`)
    throw error
  }
}
