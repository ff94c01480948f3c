/**
 * Text: what may stand in a file. Lengths, words, and what an actor must not touch.
 */
import type { Source } from './source.js'

const LINES_MAX = 250
const COLUMNS_MAX = 120

interface Rule {
  readonly where: RegExp
  readonly part: 'code' | 'comments' | 'path'
  readonly pattern: RegExp
  readonly why: string
}

const EVERYWHERE = /^/
const NAMELESS = new RegExp([
  /(?<![a-z])(?:utils?|helpers?|managers?|slaves?)(?![a-z])/,
  /(?:Utils?|Helpers?|Managers?|Slaves?)(?![a-z])/,
].map(({ source }) => source).join('|'))

const ACTORS = /^actors\//
const SILENT = /^(?:runtime|actors|test)\/|^infra\/(?!(?:bin|cli|setup|bench)\/)/

const RULES: readonly Rule[] = [
  { where: EVERYWHERE, part: 'code', pattern: /(?<![.\w])any(?![\w:(])/, why: 'is a hole in the types' },
  { where: EVERYWHERE, part: 'comments', pattern: /@ts-(?:ignore|nocheck)/, why: 'is a hole in the types' },
  { where: EVERYWHERE, part: 'comments', pattern: /\b(?:TODO|FIXME|XXX)\b/, why: 'is a promise to nobody' },
  { where: EVERYWHERE, part: 'code', pattern: NAMELESS, why: 'says nothing; name what it does' },
  { where: EVERYWHERE, part: 'path', pattern: NAMELESS, why: 'says nothing; name what it does' },
  { where: EVERYWHERE, part: 'path', pattern: /[A-Z_](?=[^/]*$)/, why: 'in a file name; write kebab-case' },
  { where: EVERYWHERE, part: 'code', pattern: /\.(?:only|skip)\(/, why: 'leaves tests out' },
  { where: SILENT, part: 'code', pattern: /\bconsole\.\w+/, why: 'prints; only programs talk' },
  { where: ACTORS, part: 'code', why: 'is time; ask the context',
    pattern: /\bnew Date\b|\bDate(?:\.now|\()|\bperformance\.\w+/ },
  { where: ACTORS, part: 'code', pattern: /\bMath\.random|\bcrypto\.\w+/, why: 'is chance; ask the context' },
  { where: ACTORS, part: 'code', why: 'is a timer; ask the context',
    pattern: /(?<![.\w])(?:(?:set|clear)(?:Timeout|Interval|Immediate)|queueMicrotask)\s*\(/ },
  { where: ACTORS, part: 'code', why: 'is the world; ask a port',
    pattern: /\bprocess\.(?:env|pid|argv|exit\w*|once?|cwd|hrtime|nextTick|std\w+|kill|platform|uptime)\b/ },
]

export const textViolations = (sources: readonly Source[]): string[] => sources.flatMap((source) => [
  ...RULES.flatMap((rule) => broken(rule, source)),
  ...tooLong(source),
  ...(isProgram(source) && !/^(#!.*\n)?\/\*\*/.test(source.text)
    ? [`${source.path}: does not open with a doc comment that says what it is`] : []),
])

const isProgram = ({ path }: Source): boolean => /^(?:runtime|actors|infra)\//.test(path)

function broken({ where, part, pattern, why }: Rule, source: Source): string[] {
  const match = where.test(source.path) ? pattern.exec(source[part]) : null
  return match ? [`${source.path}: ‘${match[0].trim()}’ ${why}`] : []
}

function tooLong({ path, text }: Source): string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  const wide = lines.flatMap((line, index) => ([...line].length > COLUMNS_MAX ? [index + 1] : []))
  return [
    ...(lines.length > LINES_MAX ? [`${path}: ${lines.length} lines; ${LINES_MAX} at the most`] : []),
    ...(wide.length > 0 ? [`${path}:${wide.join(',')}: more than ${COLUMNS_MAX} columns`] : []),
  ]
}
