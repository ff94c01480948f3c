/**
 * Build: makes `.build/` what the sources say, and does nothing when it is.
 *
 * Two forms. The mirror has every module at its own path (`actors/x.ts` → `.build/actors/x.js`): tests
 * run there. The bundle (`.build/bin/`) has each program with what it imports, packages included,
 * because opening a hundred files is most of a command's start-up; dynamic imports stay separate
 * chunks, loaded when needed. The author's module is an entry of the same bundle, so that a framework
 * file and the program that runs it share one copy of everything. The web console is a third, small one
 * (`.build/console/`), for browsers.
 */
import {
  copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { inTurn, root, say, SetupError, textOf, versionOf, whenStarted } from './clone.mjs'

const ROOMS = ['runtime', 'actors', 'infra', 'test']
const OUT = join(root, '.build')
const BUNDLE = join(OUT, 'bin')
const CONSOLE = join(OUT, 'console')
const CONSOLE_SOURCE = 'infra/console'
const STAMP = join(OUT, '.stamp.json')
/** Large, and used by few commands: loaded from node_modules when they are needed. */
const NOT_BUNDLED = ['fastify', 'pino', 'systeminformation', 'esbuild']
/** Packages in CommonJS ask for Node's own modules by `require`, which a module does not have. */
const REQUIRE = `import { createRequire as requirer } from 'node:module'
const require = requirer(import.meta.url)`
/** A running program may still ask for a chunk of the build that it was started from. */
const OLD_CHUNK_KEPT_MS = 24 * 3_600_000

/** @typedef {{ tool: string, sources: Record<string, string> }} Stamp */

/** Throws a `SetupError` if a source does not parse; what was built before stays. */
export async function ensureBuild() {
  const wanted = stampOf()
  if (isCurrent(wanted)) return
  await inTurn(async () => {
    const now = stampOf()
    if (!isCurrent(now)) await build(now)
  })
}

/** @returns {Stamp} */
function stampOf() {
  const tool = ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json', 'infra/setup/build.mjs']
    .map((path) => versionOf(join(root, path))).join(' ')
  const sources = ROOMS.flatMap((room) => filesUnder(root, room)).filter(isBuilt)
  return { tool, sources: Object.fromEntries(sources.map((path) => [path, versionOf(join(root, path))])) }
}

/** Paths of all files below `base/folder`, relative to `base`. @param {string} base @param {string} folder
 * @returns {string[]} */
function filesUnder(base, folder) {
  if (!existsSync(join(base, folder))) return []
  return readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(base, path) : entry.isFile() ? [path] : []
  })
}

const isTypeScript = (/** @type {string} */ path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts')
/** Modules and the files they read beside them; the set-up itself and prose stay where they are. */
const isBuilt = (/** @type {string} */ path) => isTypeScript(path) || !/\.(md|mjs|d\.ts)$/.test(path)
const outputOf = (/** @type {string} */ path) => (isTypeScript(path) ? path.replace(/\.tsx?$/, '.js') : path)

/** @returns {Stamp} */
function lastStamp() {
  try {
    return JSON.parse(textOf(STAMP) ?? '')
  } catch {
    return { tool: '', sources: {} }
  }
}

/** @param {Stamp} wanted */
function isCurrent(wanted) {
  if (JSON.stringify(lastStamp()) !== JSON.stringify(wanted)) return false
  const built = new Set(ROOMS.flatMap((room) => filesUnder(OUT, room)))
  return Object.keys(wanted.sources).every((path) => built.has(outputOf(path)))
    && staleOutputs(wanted, built).length === 0
    && entriesOf(wanted).every((path) => existsSync(join(BUNDLE, bundledName(path))))
    && existsSync(join(CONSOLE, 'index.html'))
}

/** @param {Stamp} wanted @param {Set<string>} built */
function staleOutputs(wanted, built) {
  const expected = new Set(Object.keys(wanted.sources).map(outputOf))
  return [...built].filter((path) => !expected.has(path.replace(/\.map$/, '')))
}

/** Programs, and what an author imports as `warren`. @param {Stamp} stamp */
const entriesOf = (stamp) => Object.keys(stamp.sources)
  .filter((path) => /^infra\/bin\/[^/]+\.ts$/.test(path) || path === 'infra/author.ts')
const bundledName = (/** @type {string} */ path) => `${path.replace(/^.*\//, '').replace(/\.ts$/, '.js')}`

/** @param {Stamp} wanted */
async function build(wanted) {
  const started = Date.now()
  const last = lastStamp()
  const isFresh = last.tool === wanted.tool
  const changed = Object.keys(wanted.sources).filter((path) => !isFresh
    || last.sources[path] !== wanted.sources[path] || !existsSync(join(OUT, outputOf(path))))
  await mirror(changed)
  await bundle(entriesOf(wanted))
  if (existsSync(join(root, CONSOLE_SOURCE))) await bundleConsole()
  const built = new Set(ROOMS.flatMap((room) => filesUnder(OUT, room)))
  for (const path of staleOutputs(wanted, built)) rmSync(join(OUT, path), { force: true })
  writeAtomically(STAMP, JSON.stringify(wanted))
  say(`Built ${changed.length} of ${Object.keys(wanted.sources).length} files in ${Date.now() - started} ms.`)
}

/** @param {string[]} paths */
async function mirror(paths) {
  for (const path of paths.filter((each) => !isTypeScript(each))) {
    mkdirSync(dirname(join(OUT, path)), { recursive: true })
    copyFileSync(join(root, path), join(OUT, path))
  }
  const modules = paths.filter(isTypeScript)
  if (modules.length > 0) await emit({ ...common, entryPoints: modules, outdir: OUT, outbase: root })
}

/** @param {string[]} entryPoints */
async function bundle(entryPoints) {
  if (entryPoints.length === 0) return
  const written = await emit({
    ...common, entryPoints, outdir: BUNDLE, entryNames: '[name]', chunkNames: 'chunk-[hash]',
    bundle: true, splitting: true, external: NOT_BUNDLED, plugins: [placeOfModules], legalComments: 'none',
    banner: { js: REQUIRE },
  })
  for (const name of readdirSync(BUNDLE)) {
    const path = join(BUNDLE, name)
    if (!written.has(path) && Date.now() - statSync(path).mtimeMs > OLD_CHUNK_KEPT_MS) rmSync(path)
  }
}

/** One script, one style sheet, and what lies beside them. */
async function bundleConsole() {
  await emit({
    ...common, entryPoints: { console: `${CONSOLE_SOURCE}/main.tsx` }, outdir: CONSOLE, bundle: true, minify: true,
    platform: 'browser', target: 'es2022', legalComments: 'none', sourcemap: false,
  })
  for (const name of ['icon.svg', 'index.html']) {
    writeAtomically(join(CONSOLE, name), readFileSync(join(root, CONSOLE_SOURCE, name)))
  }
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root, format: 'esm', platform: 'node', target: 'node20', sourcemap: true, write: false,
  logLevel: 'silent', jsx: 'automatic', jsxImportSource: 'preact',
}

/**
 * `import.meta.url` of a bundled module means its place in the mirror, where the files that it reads
 * lie beside it.
 * @type {import('esbuild').Plugin}
 */
const placeOfModules = {
  name: 'place-of-modules',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const other = /import\.meta\.(?:dirname|filename)/.exec(text)?.[0]
      if (other) return { errors: [{ text: `${other} has no meaning in the bundle; write import.meta.url` }] }
      const mirrored = outputOf(relative(BUNDLE, join(OUT, relative(root, path))))
      const place = `(new URL(${JSON.stringify(mirrored)}, import.meta.url).href)`
      return { contents: text.replaceAll('import.meta.url', place), loader: 'ts' }
    })
  },
}

/**
 * Runs esbuild and writes what differs from the disk, whole files at a time, chunks before those that
 * import them: a program that starts meanwhile finds the old build or the new one.
 * @param {import('esbuild').BuildOptions} options @returns {Promise<Set<string>>} the paths
 */
async function emit(options) {
  const { build: run, formatMessages } = await import('esbuild')
  try {
    const { outputFiles = [] } = await run(options)
    const isChunk = (/** @type {string} */ path) => Number(/[\\/]chunk-[^\\/]*$/.test(path))
    outputFiles.sort((a, b) => isChunk(b.path) - isChunk(a.path))
    for (const { path, contents } of outputFiles) {
      if (!existsSync(path) || !readFileSync(path).equals(contents)) writeAtomically(path, contents)
    }
    return new Set(outputFiles.map(({ path }) => path))
  } catch (error) {
    const errors = /** @type {Partial<import('esbuild').BuildFailure>} */ (error).errors
    if (errors === undefined) throw error
    const shown = await formatMessages(errors, { kind: 'error', color: false })
    throw new SetupError(`the build failed:\n${shown.join('').trimEnd()}`)
  }
}

/** @param {string} path @param {string | Uint8Array} content */
function writeAtomically(path, content) {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, content)
  renameSync(draft, path)
}

await whenStarted(import.meta.url, ensureBuild)
