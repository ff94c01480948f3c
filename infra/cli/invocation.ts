/**
 * Invocation: how this very program was called, so that every command line that is shown can be pasted as it
 * stands. Texts say `warren …` in the source, and are put into these words where they are printed.
 */
import { basename, delimiter, dirname, relative } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** `npx warren`, `warren` where that is on the PATH, else the path. @param called as Node has it in `argv[1]` */
export function invocation(called = process.argv[1] ?? '', environment: Environment = process.env): string {
  const name = basename(called)
  if (name !== 'warren' && name !== 'warren.mjs') return 'warren'
  const { npm_command: npm, PATH = '' } = environment
  if (npm === 'exec' && dirname(called).endsWith('node_modules/.bin')) return 'npx warren'
  // `npm start` hands over to the launcher, in a checkout where npx finds it.
  if (npm === 'start' && name === 'warren.mjs') return 'npx warren'
  if (name === 'warren' && PATH.split(delimiter).includes(dirname(called))) return 'warren'
  const near = nearPath(called)
  const path = shellWord(near.includes('/') ? near : `./${near}`)
  return name === 'warren' ? path : `node ${path}`
}

/** What command lines begin with; the table of commands itself leads back here. */
const WORDS = [
  'actor', 'agent', 'batch', 'broker', 'dead-letter', 'dev', 'doctor', 'events', 'example', 'executor', 'explain',
  'framework', 'master', 'offer', 'role', 'run', 'start', 'task', 'top', 'trace', 'version',
]
const BEGINNING = `(?<=^|[\\s\`'(])(?<!npx )warren (?=(?:${WORDS.join('|')})\\b|--|<)`
const COMMAND_LINE = new RegExp(BEGINNING, 'gm')
const REST_OF_COMMAND = new RegExp(`${BEGINNING}[^\`\n]*`, 'gm')

/** The same text with its command lines as they can be typed here. */
export const asCalled = (text: string): string => text.replace(COMMAND_LINE, () => `${invocation()} `)

/** Command lines, up to a backtick or the end of a line, lead to the same cluster as the command that says them. */
export function nextSteps(text: string, options: Readonly<Record<string, unknown>>): string {
  const which = Object.entries({ master: '--master', cluster: '--cluster', workDir: '--work-dir' })
    .flatMap(([name, flag]) => (options[name] === undefined ? [] : [` ${flag} ${shellWord(String(options[name]))}`]))
  return asCalled(text.replace(REST_OF_COMMAND, (line) => line + which.join('')))
}

export const shellWord = (word: string): string =>
  (/^[A-Za-z0-9_.,:=/@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** As short as it can be typed from here. */
export function nearPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near === '' ? '.' : near.startsWith('..') ? path : near
}
