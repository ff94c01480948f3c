/**
 * Secrecy: what nobody sees who looks on, redacted in the node that has it.
 *
 * In a message the protocol says what is secret. States, and messages that never leave their node, are declared
 * nowhere: there a name decides. What it cannot know is a secret under a name that says nothing of it, or within a
 * longer text, such as an argument of a command.
 */
import { registry } from '../actors/protocol/registry.js'
import type { AnyMessage } from '../runtime/item.js'
import { REDACTED } from '../runtime/schema.js'

/** Of so many variables the names are shown. */
const NAMES_MAX = 200

/** The names of fields that some message declares secret. */
const DECLARED: readonly string[] = [...new Set(registry.entries().flatMap(({ body }) => [...body.secretFields ?? []]))]
const EXACTLY: ReadonlySet<string> = new Set(DECLARED)
const LIKE_THOSE = new RegExp(DECLARED.join('|'), 'i')
/** As authors of frameworks may call what theirs hold. */
const USUAL = /passw|passphrase|secret|credential|token|cookie|authori[sz]ation|(api|access|private)[-_]?key/i

const USER_AND_PASSWORD = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g

/** Called exactly as a secret field of the protocol. */
export const isDeclaredSecret = (name: string): boolean => EXACTLY.has(name)

/** `veiled` as a whole; what is called like a field of the protocol only within: names of variables may be seen. */
export type Secrecy = 'open' | 'veiled' | 'veiled-within'

export const secrecyOf = (name: string): Secrecy =>
  (USUAL.test(name) ? 'veiled' : LIKE_THOSE.test(name) ? 'veiled-within' : 'open')

/** Without what its declaration calls secret; as it is, when it is not declared or has another shape. */
export function redacted(message: AnyMessage): AnyMessage {
  try {
    return (registry.byType(message.type)?.body.redact?.(message) ?? message) as AnyMessage
  } catch {
    return message
  }
}

/** A secret, or a record of secrets, of which the names may be seen. */
export function hidden(value: unknown): unknown {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return REDACTED
  return Object.fromEntries(Object.keys(value).slice(0, NAMES_MAX).map((name) => [name, REDACTED]))
}

/** Without the passwords of addresses in it. */
export const withoutPasswords = (text: string): string =>
  (text.includes('://') ? text.replace(USER_AND_PASSWORD, '$1…@') : text)
