/**
 * Source: one file as the house rules see it, with its code, its comments and its imports apart.
 *
 * Not a parser: it knows where comments, strings, templates and regular expressions begin and end, which
 * is all that the rules need, and TypeScript 7 offers no parser to programs.
 */
import { posix } from 'node:path'

export interface File {
  /** Relative to the top of the tree, with slashes. */
  readonly path: string
  readonly text: string
}

export interface Source extends File {
  /** The code with the insides of comments, strings and regular expressions left out. */
  readonly code: string
  readonly comments: string
  /** What it imports, re-exports or loads: packages by name, files of the tree by path. */
  readonly imports: readonly string[]
}

const TOKEN = new RegExp([
  /\/\*[\s\S]*?\*\//, /\/\/[^\n]*/, // comments
  /'(?:[^'\\\n]|\\.)*'/, /"(?:[^"\\\n]|\\.)*"/, /`(?:[^`\\]|\\[\s\S])*`/, // strings and templates
  // Patterns: a slash where a value may begin.
  /(?<=(?:^|[=(,:;!&|?{}[\n]|=>|return)\s*)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/,
].map((pattern) => pattern.source).join('|'), 'g')

const IMPORT = /(?:\bfrom|\bimport|\bimport\()\s*(@\d+@)/g

export const isCode = ({ path }: File): boolean => /\.(tsx?|mjs)$/.test(path)

export function sourceOf({ path, text }: File): Source {
  const comments: string[] = []
  const strings: string[] = []
  const numbered = text.replace(TOKEN, (token) => {
    if (/^\/[/*]/.test(token)) {
      comments.push(token)
      return ' '
    }
    if (token.startsWith('/')) return '//'
    return token.startsWith('`') ? '``' : `@${strings.push(token.slice(1, -1)) - 1}@`
  })
  const imports = [...numbered.matchAll(IMPORT)]
    .map(([, mark = '']) => strings[Number(mark.replaceAll('@', ''))] ?? '')
  return {
    path, text, comments: comments.join('\n'), code: numbered.replace(/@\d+@/g, "''"),
    imports: imports.map((specifier) => resolved(path, specifier)),
  }
}

/** The file that a specifier means: sources import each other by the name of what is built from them. */
function resolved(path: string, specifier: string): string {
  if (specifier === 'warren') return 'infra/author.ts'
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
}
