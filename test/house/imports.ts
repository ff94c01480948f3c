/**
 * Imports: who may know whom. `runtime ← actors ← infra`, never back, and every package has one importer.
 */
import type { Source } from './source.js'

const ROOMS_SEEN: Readonly<Record<string, readonly string[]>> = {
  runtime: ['runtime'],
  actors: ['runtime', 'actors'],
  infra: ['runtime', 'actors', 'infra'],
  test: ['runtime', 'actors', 'infra', 'test'],
}
const SHARED = ['protocol', 'resources']
/** The shipped frameworks are written like any author's, with the scheduler's and the executor's API. */
const ROLES_SEEN: Readonly<Record<string, readonly string[]>> = { frameworks: ['scheduler', 'executor'] }
/** A bench may hold Warren against the bare package. */
const SOLE_IMPORTERS: Readonly<Record<string, RegExp>> = {
  nact: /^runtime\/|^infra\/bench\//,
  amqplib: /^(test\/)?infra\/amqp\/|^infra\/bench\//,
  msgpackr: /^infra\/codec\.ts$|^test\/infra\/codec\.test\.ts$|^infra\/bench\//,
  systeminformation: /^infra\/probe\.ts$/,
  'prom-client': /^infra\/metrics\/exposition\.ts$/,
}
const PACKAGES_SEEN: Readonly<Record<string, readonly string[]>> = { runtime: ['nact'], actors: [] }
/** The one file that only passes on: what an author imports as `warren`. */
const AUTHOR_ENTRY = 'infra/author.ts'

const roomOf = (path: string): string => path.split('/', 1)[0] ?? ''
const isInTree = (target: string): boolean => roomOf(target) in ROOMS_SEEN && target.includes('/')
const packageOf = (target: string): string =>
  target.split('/').slice(0, target.startsWith('@') ? 2 : 1).join('/')

export function importViolations(sources: readonly Source[]): string[] {
  return [
    ...sources.flatMap((source) => source.imports.flatMap((target) =>
      isInTree(target) ? wrongDirection(source.path, target) : wrongPackage(source.path, target))),
    ...secondNactImporter(sources),
    ...sources.filter(isBarrel).map(({ path }) => `${path}: only passes on what others export (a barrel)`),
    ...cycles(sources),
  ]
}

function wrongDirection(path: string, target: string): string[] {
  const room = roomOf(path)
  if (!ROOMS_SEEN[room]?.includes(roomOf(target))) return [`${path}: ${room}/ must not import ${target}`]
  const [from, to] = [roleOf(path), roleOf(target)]
  const isAllowed = from === undefined || to === undefined || from === to || SHARED.includes(to)
    || (ROLES_SEEN[from] ?? []).includes(to)
  return isAllowed ? [] : [`${path}: actors/${from}/ must not import ${target}; send it a message`]
}

const roleOf = (path: string): string | undefined => /^actors\/([^/]+)\//.exec(path)?.[1]

function wrongPackage(path: string, target: string): string[] {
  const [room, name] = [roomOf(path), packageOf(target)]
  const sole = SOLE_IMPORTERS[name]
  if (sole?.test(path) === false) return [`${path}: must not import ${name}; only ${sole.source} may`]
  const seen = PACKAGES_SEEN[room]
  return seen && !seen.includes(name) ? [`${path}: ${room}/ must not import ${target}`] : []
}

function secondNactImporter(sources: readonly Source[]): string[] {
  const [first, ...others] = sources
    .filter(({ path, imports }) => imports.includes('nact') && roomOf(path) === 'runtime').map(({ path }) => path)
  return others.map((path) => `${path}: imports nact, which ${first} alone may do`)
}

const EXPORT_FROM = /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*''/g
const IMPORT_FROM = /\bimport\s+(?:[^'"()]*from\s*)?''/g

function isBarrel({ path, code }: Source): boolean {
  if (path === AUTHOR_ENTRY || code.match(EXPORT_FROM) === null) return false
  return code.replace(EXPORT_FROM, '').replace(IMPORT_FROM, '').trim() === ''
}

/** Each cycle once, from the first of its files. */
function cycles(sources: readonly Source[]): string[] {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]))
  const settled = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push(`${path}: imports itself through ${[...trail.slice(at + 1), path].join(' → ')}`)
    if (at >= 0 || settled.has(path)) return
    for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path])
    settled.add(path)
  }
  for (const { path } of sources) visit(path, [])
  return found
}
