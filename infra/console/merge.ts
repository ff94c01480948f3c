/** Merge: what becomes of a list's rows when some have changed. Pure but for the map that it is given. */

export interface Change {
  readonly rows: readonly object[]
  readonly gone: readonly string[]
  /** These rows are the whole list. */
  readonly isAll: boolean
}

/** Tasks are told apart by their launches: their ids come again. */
export const keyOf = (row: object): string => {
  const { launch, id } = row as { readonly launch?: string; readonly id?: string }
  return launch ?? id ?? ''
}

export function merge<R extends object>(rows: Map<string, R>, change: Change, keep?: (row: R) => boolean): void {
  if (change.isAll) rows.clear()
  for (const row of change.rows as readonly R[]) {
    if (keep === undefined || keep(row)) rows.set(keyOf(row), row)
    else rows.delete(keyOf(row))
  }
  for (const id of change.gone) rows.delete(id)
}
