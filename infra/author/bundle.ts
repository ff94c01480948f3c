/**
 * Bundle: makes one module of a file that an author wrote, wherever it lies, in TypeScript or not.
 *
 * Their own files are bundled; packages are not, they are imported from where they lie. `warren` is the
 * author's module of this very build, so that a framework needs nothing installed beside it.
 */
import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, extname, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildFailure, Loader, Message, OutputFile, Plugin } from 'esbuild'
import { AuthorError } from './author-error.js'

export const AUTHOR_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const

const AUTHOR_MODULE = new URL('../../bin/author.js', import.meta.url).href
const PROBLEMS_SHOWN_MAX = 5
const OWN_RESOLUTION = Symbol('own resolution')
/** Spelt in two parts: the build of this very file would take it for itself. */
const META = 'import.meta'

export interface Bundle {
  readonly code: string
  /** Absolute paths of all files that it was made of. */
  readonly inputs: readonly string[]
}

/**
 * @param output where the code will be written; its source map is relative to there
 * Throws an AuthorError that names file and line.
 */
export async function bundle(file: string, output: string): Promise<Bundle> {
  const { build } = await import('esbuild')
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [file], outfile: output, bundle: true, write: false, metafile: true, format: 'esm',
      platform: 'node', target: 'node20', sourcemap: 'inline', logLevel: 'silent',
      absWorkingDir: dirname(file), plugins: [packages, placeOfModules],
    })
    const [result] = outputFiles as readonly OutputFile[]
    const inputs = Object.keys(metafile.inputs).map((path) => resolve(dirname(file), path))
    return { code: result?.text ?? '', inputs }
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>
    if (errors === undefined) throw error
    const shown = errors.slice(0, PROBLEMS_SHOWN_MAX).map((each) => describe(each, dirname(file)))
    throw new AuthorError(shown.join('\n'))
  }
}

/** Ends the compiler's own process, which would keep this one alive. */
export async function endBundler(): Promise<void> {
  const { stop } = await import('esbuild')
  await stop()
}

/** `/path/of/file.ts:3:14: Expected ";" but found "x"`. */
function describe({ location, text }: Message, base: string): string {
  if (location === null) return text
  const path = resolve(base, location.file)
  const shown = relative(process.cwd(), path)
  return `${shown.startsWith('..') ? path : shown}:${location.line}:${location.column + 1}: ${text}`
}

/** Packages stay where they are; only the bundle is elsewhere, so they are named by their places. */
const packages: Plugin = {
  name: 'packages',
  setup({ onResolve, resolve: resolveBy }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || pluginData === OWN_RESOLUTION) return undefined
      if (path === 'warren') return { path: AUTHOR_MODULE, external: true }
      if (isBuiltin(path) || path.includes(':')) return { path, external: true }
      const found = await resolveBy(path, { kind, importer, resolveDir, pluginData: OWN_RESOLUTION })
      if (found.errors.length > 0 || !/[\\/]node_modules[\\/]/.test(found.path)) return found
      return { path: pathToFileURL(found.path).href, external: true }
    })
  },
}

const LOADERS: Readonly<Record<string, Loader>> = { '.ts': 'ts', '.mts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' }

/** The URL of a module means its own place in each file, so that an author can name the file beside it. */
const placeOfModules: Plugin = {
  name: 'place-of-modules',
  setup({ onLoad }) {
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes(META)) return undefined
      const place = pathToFileURL(path)
      const contents = text
        .replaceAll(`${META}.url`, JSON.stringify(place.href))
        .replaceAll(`${META}.filename`, JSON.stringify(fileURLToPath(place)))
        .replaceAll(`${META}.dirname`, JSON.stringify(dirname(path)))
      return { contents, loader: LOADERS[extname(path)] ?? 'js', resolveDir: dirname(path) }
    })
  },
}
