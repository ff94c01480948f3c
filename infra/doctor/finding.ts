/** Finding: what one look at this machine, the broker or the masters has shown, and what to do about it. */

/** `unknown`: it could not be looked at, which is no fault by itself. */
export type Level = 'well' | 'unknown' | 'warning' | 'problem'

export interface Finding {
  /** What was looked at: `disk`, `broker`. */
  readonly check: string
  readonly level: Level
  readonly says: string
  /** What to do; of a warning or a problem always. */
  readonly fix?: string
}

export const well = (check: string, says: string): Finding => ({ check, level: 'well', says })
export const unknown = (check: string, says: string, fix?: string): Finding =>
  ({ check, level: 'unknown', says, ...(fix === undefined ? {} : { fix }) })
export const warning = (check: string, says: string, fix: string): Finding => ({ check, level: 'warning', says, fix })
export const problem = (check: string, says: string, fix: string): Finding => ({ check, level: 'problem', says, fix })
