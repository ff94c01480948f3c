/**
 * House: the rules that the tree obeys, as one pure function, so that nobody has to remember them.
 *
 * Here: what lies where. `house/imports.ts`: who knows whom. `house/text.ts`: what stands in a file. What
 * needs a parser (the length of functions, floating promises, globals) is the linter's, `.biome.json`.
 */
import { importViolations } from './house/imports.js'
import { isCode, sourceOf, type File } from './house/source.js'
import { textViolations } from './house/text.js'

const ROOMS = ['actors', 'runtime', 'infra', 'test']
const TOP_FILES = [
  'package.json', 'package-lock.json', 'tsconfig.json', 'README.md', 'CHANGELOG.md', 'LICENSE',
]
/** Tests of the whole, which stand beside the mirror; and those that stand in it without a twin. */
const UNMIRRORED = /^test\/(?:simulation|chaos|browser|support)\//
const WITHOUT_TWIN: readonly string[] = []

/** What is wrong with a tree: one sentence for each fault, beginning with the path; none if it is sound. */
export function violations(files: readonly File[]): string[] {
  const sources = files.filter(isCode).map(sourceOf)
  return [
    ...outsideTheHouse(files), ...withoutReadme(files), ...withoutTwin(files), ...ofOneMachine(files),
    ...importViolations(sources), ...textViolations(sources),
  ]
}

function outsideTheHouse(files: readonly File[]): string[] {
  const tops = new Set(files.map(({ path }) => path.split('/', 1)[0] ?? ''))
  return [...tops].filter((top) => !ROOMS.includes(top) && !TOP_FILES.includes(top) && !top.startsWith('.'))
    .map((top) => `${top}: does not belong at the top level`)
}

function withoutReadme(files: readonly File[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  const wanted = ROOMS.filter((room) => files.some(({ path }) => path.startsWith(`${room}/`)))
  return ['README.md', ...wanted.map((room) => `${room}/README.md`)].filter((path) => !paths.has(path))
    .map((path) => `${path}: is missing`)
}

function withoutTwin(files: readonly File[]): string[] {
  const paths = new Set(files.map(({ path }) => path))
  return [...paths].filter((path) => /^test\/.*\.test\.ts$/.test(path))
    .filter((path) => !UNMIRRORED.test(path) && !WITHOUT_TWIN.includes(path))
    .filter((path) => {
      const beside = path.replace(/\.test\.ts$/, '')
      const twin = beside.replace(/^test\//, '')
      return ![`${twin}.ts`, `${twin}.mjs`, `${beside}.ts`].some((each) => paths.has(each))
    })
    .map((path) => `${path}: tests nothing of its own name; the tests mirror the tree`)
}

const MACHINE = [
  /\bregistry\.[a-z.]*(?:npmjs|yarnpkg)\.\w+/, /"resolved": ?"https?:[^"]*"/,
  /(?<![\w.$}~])\/(?:root|work|home\/\w+|Users\/\w+)\/[\w.]+/,
]

function ofOneMachine(files: readonly File[]): string[] {
  return files.flatMap(({ path, text }) => MACHINE.map((pattern) => pattern.exec(text)?.[0])
    .filter((found) => found !== undefined)
    .map((found) => `${path}: ‘${found}’ is true on one machine or one network only`))
}
