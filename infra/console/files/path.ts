/** Path: where in a directory of an agent one is, as the page's address says it. Pure. */

/** Whose directory: that of a task's launch, or that of all launches of an agent. */
export interface Keeper {
  readonly noun: 'task' | 'agent'
  readonly id: string
}

export const within = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`)

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The directory that this lies in. */
export const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Each directory on the way, from the outermost: `a/b` is `a` and `a/b`. */
export function steps(path: string): readonly { readonly name: string; readonly path: string }[] {
  const names = path.split('/').filter((name) => name !== '')
  return names.map((name, index) => ({ name, path: names.slice(0, index + 1).join('/') }))
}

/** The same page, at another directory or file. */
export function placeOf(address: string, { dir, file }: { readonly dir: string; readonly file?: string }): string {
  const [page = '', words = ''] = address.split('?')
  const query = new URLSearchParams(words)
  // The rows of one directory are not those of another.
  for (const name of ['dir', 'file', 'filesq', 'at']) query.delete(name)
  if (dir !== '') query.set('dir', dir)
  if (file !== undefined) query.set('file', file)
  const text = query.toString()
  return text === '' ? page : `${page}?${text}`
}

const home = ({ noun, id }: Keeper): string => `/v1/${noun}s/${encodeURIComponent(id)}`

export const listingAddress = (keeper: Keeper, path: string, after?: string): string =>
  `${home(keeper)}/files?${new URLSearchParams({ path, ...(after === undefined ? {} : { after }) })}`

export const fileAddress = (keeper: Keeper, path: string, wish: Readonly<Record<string, string>>): string =>
  `${home(keeper)}/file?${new URLSearchParams({ path, ...wish })}`
