/**
 * Take: makes a bounded snapshot of a value of any shape, in the node that has it. What is called like a secret is
 * veiled (`secrecy.ts`), though the key of a map mostly says whom a record is about; bytes are only counted, for they
 * may hold anything. Nothing of the value is called: what is computed when it is read stays unread. Breadth first, so
 * that little room shows all of the top rather than all of the first branch. Never throws.
 */
import { REDACTED } from '../../runtime/schema.js'
import { isDeclaredSecret, secrecyOf, withoutPasswords, type Secrecy } from '../secrecy.js'
import { told, type Group, type Shown } from './tree.js'

/** Groups within groups. */
export const DEPTH_MAX = 10
/** Of each group so many entries are shown, the first ones. */
export const ENTRIES_MAX = 100
export const TEXT_CHARACTERS_MAX = 500
export const NAME_CHARACTERS_MAX = 120
/** So far beyond the cut a password is looked for that begins before it. */
const PASSWORD_CHARACTERS_MAX = 1_000
/** What an entry needs beside its name and its value. */
const AROUND_CHARACTERS = '[,],'.length

const SECRET = told(REDACTED)
const UNREADABLE = told('[cannot be read]')

interface Above {
  readonly value: object
  readonly above: Above | undefined
}

/** A group whose entries have yet to be looked at. */
interface Open {
  readonly shown: Group & { readonly entries: [string, Shown][] }
  readonly entries: Iterable<readonly [name: string, value: unknown]>
  readonly path: Above
  readonly depth: number
  /** All that is in it is secret. */
  readonly isVeiled: boolean
}

/** @param charactersMax of the whole, written as JSON */
export function take(value: unknown, charactersMax: number): Shown {
  return new Taker(charactersMax).take(value)
}

class Taker {
  private readonly open: Open[] = []
  private next: Open | undefined

  constructor(private left: number) {}

  take(value: unknown): Shown {
    const top = this.shown('open', value, undefined, 0)
    if (!this.affords('', top)) return told('…')
    // The list grows while it is gone through.
    for (const group of this.open) this.fill(group)
    return top
  }

  private fill({ shown, entries, path, depth, isVeiled }: Open): void {
    try {
      let taken = 0
      for (const [name, value] of entries) {
        if (taken++ === ENTRIES_MAX) return
        const isId = shown.kind === 'map' && isObject(value) && !isDeclaredSecret(name)
        const secrecy = isId ? 'open' : secrecyOf(name)
        const each = isVeiled ? SECRET : this.shown(secrecy, value, path, depth)
        const short = cut(name, NAME_CHARACTERS_MAX)
        if (!this.affords(short, each)) return
        shown.entries.push([short, each])
      }
    } catch {
      // What was read of it so far is shown, and that it is not all.
    }
  }

  /** Takes the room that an entry needs; what is in it is looked at later. */
  private affords(name: string, shown: Shown): boolean {
    const { next } = this
    this.next = undefined
    const needed = JSON.stringify([name, shown]).length + AROUND_CHARACTERS
    if (needed > this.left) {
      this.left = 0
      return false
    }
    this.left -= needed
    if (next) this.open.push(next)
    return true
  }

  private shown(secrecy: Secrecy, value: unknown, above: Above | undefined, depth: number): Shown {
    if (secrecy === 'veiled' && mayBeSecret(value)) return SECRET
    try {
      if (value instanceof Instead) return value.shown
      if (!isObject(value)) return secrecy === 'veiled-within' ? SECRET : leaf(value)
      const isVeiled = secrecy === 'veiled-within'
      if (isVeiled && !hasNames(value)) return SECRET
      const single = singleOf(value)
      if (single !== undefined) return isVeiled ? SECRET : single
      for (let each = above; each; each = each.above) if (each.value === value) return told('[contains itself]')
      return this.group(value, { above, value }, depth, isVeiled)
    } catch {
      return UNREADABLE
    }
  }

  private group(value: object, path: Above, depth: number, isVeiled: boolean): Shown {
    const { entries, ...kind } = groupOf(value)
    const shown = { ...kind, entries: [] }
    if (depth < DEPTH_MAX) this.next = { shown, entries, path, depth: depth + 1, isVeiled }
    return shown
  }
}

function leaf(value: unknown): Shown {
  switch (typeof value) {
    case 'string': return textOf(value)
    case 'boolean': return value
    case 'number': return Number.isFinite(value) ? value : told(String(value))
    case 'bigint': return told(cut(`${value}`, NAME_CHARACTERS_MAX))
    case 'undefined': return told('undefined')
    case 'object': return null
    default: return told(`[${typeof value}]`)
  }
}

function textOf(text: string): Shown {
  const open = withoutPasswords(text.slice(0, TEXT_CHARACTERS_MAX + PASSWORD_CHARACTERS_MAX))
  if (text.length <= TEXT_CHARACTERS_MAX) return open
  return { kind: 'text', text: open.slice(0, TEXT_CHARACTERS_MAX), size: text.length }
}

/** What is one thing, though it is an object. */
function singleOf(value: object): Shown | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return told(`[${value.byteLength.toLocaleString('en')} bytes]`)
  }
  if (value instanceof Date) return told(String(Date.prototype.toJSON.call(value)))
  return value instanceof RegExp ? told(cut(RegExp.prototype.toString.call(value), NAME_CHARACTERS_MAX)) : undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
/** What is numbered, or is so or not, is about a secret at most. */
const mayBeSecret = (value: unknown): boolean => !['undefined', 'boolean', 'number'].includes(typeof value)
const hasNames = (value: object): boolean => !Array.isArray(value) && !(value instanceof Set)

function groupOf(value: object): Omit<Group, 'entries'> & Pick<Open, 'entries'> {
  if (Array.isArray(value)) return { kind: 'list', size: value.length, entries: itemsOf(value) }
  if (value instanceof Map) {
    return { kind: 'map', size: sizeOf(Map.prototype, value), entries: entriesOf(value) }
  }
  if (value instanceof Set) {
    return { kind: 'set', size: sizeOf(Set.prototype, value), entries: membersOf(value) }
  }
  const names = Object.keys(value)
  const isError = value instanceof Error
  const all = isError ? ['message', ...names.filter((name) => name !== 'message')] : names
  return { kind: 'record', ...classOf(value), size: all.length, entries: fieldsOf(value, all) }
}

/** Of `[name, value]` the name decides, as it would in a record. */
function* itemsOf(list: readonly unknown[]): Iterable<readonly [string, unknown]> {
  const [first] = list
  const isSecretPair = list.length === 2 && typeof first === 'string' && secrecyOf(first) !== 'open'
  for (let index = 0; index < list.length; index++) {
    yield [String(index), isSecretPair && index === 1 ? new Instead(SECRET) : fieldOf(list, String(index))]
  }
}

function* entriesOf(map: ReadonlyMap<unknown, unknown>): Iterable<readonly [string, unknown]> {
  for (const [key, value] of Map.prototype.entries.call(map)) yield [keyOf(key), value]
}

function* membersOf(set: ReadonlySet<unknown>): Iterable<readonly [string, unknown]> {
  let index = 0
  for (const value of Set.prototype.values.call(set)) yield [String(index++), value]
}

function* fieldsOf(value: object, names: readonly string[]): Iterable<readonly [string, unknown]> {
  for (const name of names) yield [name, fieldOf(value, name)]
}

/** What is shown of a value that is not looked at. */
class Instead {
  constructor(readonly shown: Shown) {}
}

const COMPUTED = new Instead(told('[computed when it is read]'))

function fieldOf(value: object, name: string): unknown {
  const field = Object.getOwnPropertyDescriptor(value, name)
  return field && !('value' in field) ? COMPUTED : field?.value
}

function keyOf(key: unknown): string {
  return isObject(key) || typeof key === 'function' ? `[${typeof key}]` : String(key)
}

const sizeOf = (kind: object, value: object): number =>
  Object.getOwnPropertyDescriptor(kind, 'size')?.get?.call(value) as number

function classOf(value: object): Pick<Group, 'of'> {
  const made: object | null = Object.getPrototypeOf(value)
  const maker = made && fieldOf(made, 'constructor')
  const name = typeof maker === 'function' ? fieldOf(maker, 'name') : undefined
  return typeof name === 'string' && name !== 'Object' ? { of: cut(name, NAME_CHARACTERS_MAX) } : {}
}

const cut = (text: string, charactersMax: number): string =>
  (text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text)
