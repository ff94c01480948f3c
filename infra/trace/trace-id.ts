/**
 * Trace id: how people name a trace. Its 32 digits say three times which node began it, and then count; so traces of
 * a node differ in their ends, and the last 16 digits mean one.
 *
 * Plain data from plain data; nothing of Node is known here.
 */
const SHORT_DIGITS = 16
const CANDIDATES_MAX = 5

/** What is shown, and can be typed. */
export const shortIdOf = (trace: string): string => trace.slice(-SHORT_DIGITS)

/** Whether a trace can be meant by this, its beginning or its end. */
export const isMeant = (trace: string, wanted: string): boolean => trace.startsWith(wanted) || trace.endsWith(wanted)

/** Undefined when one trace at most is meant. */
export function ambiguityOf(wanted: string, traces: readonly string[]): string | undefined {
  if (traces.length < 2) return undefined
  const named = traces.slice(0, CANDIDATES_MAX).map(shortIdOf)
  const more = traces.length > named.length ? ` and ${traces.length - named.length} more` : ''
  return `'${wanted}' could be ${traces.length} traces: ${named.join(', ')}${more}; `
    + `write the last ${SHORT_DIGITS} digits of one, as \`warren trace tail\` shows them`
}
