/**
 * Batch command: one input's command, made from the template that all inputs share.
 *
 * An input is data, never code: it becomes (part of) one argument. Where the template hands a script to
 * a shell, `{}` in it becomes a reference to a variable that holds the input, quoted as its place in the
 * script demands; text spliced into a script would be run.
 */

/** What stands for the input in a template. */
export const PLACE = '{}'
/** Every task finds its input here as well. */
export const INPUT_VARIABLE = 'WARREN_BATCH_INPUT'

const SHELLS = /^(?:.*\/)?(?:sh|bash|dash|ash|ksh|zsh)$/
const SCRIPT_OPTION = /^-[A-Za-z]*c[A-Za-z]*$/

/** Makes the argument vector of an input; the template is looked at once. */
export function commandMaker(template: readonly string[]): (input: string) => readonly string[] {
  if (!template.some((word) => word.includes(PLACE))) return (input) => [...template, input]
  const script = scriptIn(template)
  const words = template.map((word, index) => (index === script ? withReferences(word) : word))
  return (input) => words.map((word, index) =>
    (index === script ? word : word.replaceAll(PLACE, () => input)))
}

/** The place of the argument that a shell will run, if there is one. */
function scriptIn(template: readonly string[]): number | undefined {
  const shell = template.findIndex((word) => SHELLS.test(word))
  if (shell < 0) return undefined
  for (let index = shell + 1; template[index]?.startsWith('-'); index++) {
    if (SCRIPT_OPTION.test(template[index] ?? '')) return index + 1
  }
  return undefined
}

/**
 * The script with a reference in each place, quoted so that the input stays one word where it was one.
 * In the shell's arithmetic, where quotes are not allowed everywhere, it is left bare.
 */
function withReferences(script: string): string {
  const reference = `\${${INPUT_VARIABLE}}`
  let quote = ''
  let made = ''
  for (let index = 0; index < script.length; index++) {
    const character = script.charAt(index)
    if (script.startsWith(PLACE, index)) {
      const isBare = quote === '"' || isArithmetic(script.slice(0, index))
      made += quote === "'" ? `'"${reference}"'` : isBare ? reference : `"${reference}"`
      index += PLACE.length - 1
      continue
    }
    made += character
    if (character === '\\' && quote !== "'") made += script.charAt(++index)
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (character === quote) quote = ''
  }
  return made
}

const isArithmetic = (before: string): boolean => before.lastIndexOf('$((') > before.lastIndexOf('))')
