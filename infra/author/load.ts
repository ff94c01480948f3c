/**
 * Load: imports a file that an author wrote, wherever it lies.
 *
 * What runs is a bundle of it (see bundle.ts) with a source map, so that what goes wrong in it is shown
 * with the author's own files and lines.
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AuthorError } from './author-error.js'
import { AUTHOR_EXTENSIONS, bundle, endBundler } from './bundle.js'

/** The absolute path of what was named by a path or a `file:` URL. Throws an AuthorError if none is there. */
export async function authorFile(named: string): Promise<string> {
  const file = named.startsWith('file:') ? fileURLToPath(named) : resolve(named)
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new AuthorError(`there is no file '${named}'`)
  if (!found.isFile()) throw new AuthorError(`'${named}' is not a file`)
  if ((AUTHOR_EXTENSIONS as readonly string[]).includes(extname(file))) return file
  throw new AuthorError(`'${named}' does not end in ${AUTHOR_EXTENSIONS.join(', ')}`)
}

/**
 * Its default export, which should be what `kind` makes.
 * Throws an AuthorError when it does not parse, has none, or fails to load.
 */
export async function loadDefault(file: string, kind: 'framework' | 'executor'): Promise<unknown> {
  process.setSourceMapsEnabled(true)
  const directory = await mkdtemp(join(tmpdir(), 'warren-author-'))
  try {
    const output = join(directory, `${basename(file, extname(file))}.mjs`)
    const { code } = await bundle(file, output)
    await endBundler()
    await writeFile(output, code, { mode: 0o600 })
    const module = await imported(pathToFileURL(output).href, file)
    if (module.default === undefined) {
      throw new AuthorError(`'${file}' has no default export: write \`export default ${kind}({ … })\``)
    }
    return module.default
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function imported(url: string, file: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(url) as { readonly default?: unknown }
  } catch (error) {
    const words = error instanceof Error ? ownPartOf(error.stack ?? error.message) : String(error)
    throw new AuthorError(`'${file}' failed while it was loaded: ${words}`)
  }
}

/** A stack down to where Node and Warren begin, whose frames tell an author nothing. */
function ownPartOf(stack: string): string {
  const lines = stack.split('\n')
  const end = lines.findIndex((line) => /^\s+at .*(?:node:internal|\/\.build\/)/.test(line))
  return (end < 0 ? lines : lines.slice(0, end)).join('\n')
}
