/** Reason: a system error in words that a person can act on, without the call that met it. */

/** `EACCES: permission denied, open '/x'` becomes `permission denied`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return /^[A-Z0-9]+: (.*?)(?:, \w+(?: '.*)?)?$/s.exec(error.message)?.[1] ?? error.message
}

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
