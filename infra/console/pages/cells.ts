/** Cells: where on a map each machine lies; as large as there is room for, and grouped. Pure. */

export interface Cell<T> {
  readonly item: T
  readonly x: number
  readonly y: number
}

export interface Layout<T> {
  readonly width: number
  readonly height: number
  readonly cell: number
  readonly places: readonly Cell<T>[]
  readonly titles: readonly { readonly title: string; readonly y: number }[]
}

/** Room for a name and a figure, where there are few. */
const CELL_MAX = 104
const CELL_MIN = 5
/** The map grows beyond this height only when the cells cannot be smaller. */
const HEIGHT_WISHED = 560
const TITLE_PX = 24

export function layOut<T>(items: readonly T[], groupOf: (item: T) => string, width: number): Layout<T> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = groupOf(item)
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  const sizes = [...groups.values()].map((group) => group.length)
  let cell = CELL_MAX
  while (cell > CELL_MIN && heightOf(sizes, width, cell) > HEIGHT_WISHED) cell--
  const columns = columnsOf(width, cell)
  const places: Cell<T>[] = []
  const titles: { title: string; y: number }[] = []
  let top = 0
  for (const [title, group] of [...groups].sort(([left], [right]) =>
    left.localeCompare(right, 'en', { numeric: true }),
  )) {
    if (title !== '') {
      titles.push({ title: `${title} (${group.length})`, y: top + TITLE_PX - 8 })
      top += TITLE_PX
    }
    for (const [index, item] of group.entries()) {
      places.push({ item, x: (index % columns) * cell, y: top + Math.floor(index / columns) * cell })
    }
    top += Math.ceil(group.length / columns) * cell
  }
  return { width, height: Math.max(top, cell), cell, places, titles }
}

export const cellAt = <T>({ places, cell }: Layout<T>, x: number, y: number): T | undefined =>
  places.find((place) => x >= place.x && x < place.x + cell && y >= place.y && y < place.y + cell)?.item

const columnsOf = (width: number, cell: number): number => Math.max(1, Math.floor(width / cell))
const heightOf = (sizes: readonly number[], width: number, cell: number): number =>
  sizes.reduce((sum, size) => sum + TITLE_PX + Math.ceil(size / columnsOf(width, cell)) * cell, 0)
