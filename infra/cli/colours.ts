/**
 * Colours: whether standard output may have them. They are for people at a terminal, unless `FORCE_COLOR` asks for
 * them or `NO_COLOR` does not want them; what runs under continuous integration is no terminal.
 */
import pc from 'picocolors'

export function wantsColours(
  { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv = process.env, isTerminal = process.stdout.isTTY === true,
): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true
  return isTerminal && TERM !== 'dumb'
}

export const coloursOf = (wanted = wantsColours()): ReturnType<typeof pc.createColors> => pc.createColors(wanted)
