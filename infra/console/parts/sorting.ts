/** Sorting: the order of a table's rows, and which of them its filter lets through. Pure. */

export interface Order {
  readonly key: string
  readonly descending: boolean
}

export const orderOf = (text: string | null, fallback: Order): Order =>
  text === null || text === '' ? fallback : { key: text.replace(/^-/, ''), descending: text.startsWith('-') }

export const textOfOrder = ({ key, descending }: Order): string => `${descending ? '-' : ''}${key}`

/** Numbers by size, texts by their numbers and letters; stable. */
export function sorted<R>(rows: readonly R[], valueOf: (row: R) => string | number, descending: boolean): R[] {
  const keyed = rows.map((row) => [valueOf(row), row] as const)
  const turn = descending ? -1 : 1
  return keyed.sort(([left], [right]) => turn * compare(left, right)).map(([, row]) => row)
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return collator.compare(String(left), String(right))
}

const collator = new Intl.Collator('en', { numeric: true })

/** Every word must be found; `-word` must not; `field:word` looks in one field only. */
export function matcher(filter: string): (fields: Readonly<Record<string, string>>) => boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return (fields) =>
    words.every((word) => {
      const isNot = word.startsWith('-') && word.length > 1
      const wanted = isNot ? word.slice(1) : word
      const colon = wanted.indexOf(':')
      const field = colon > 0 ? fields[wanted.slice(0, colon)] : undefined
      const isFound =
        field === undefined
          ? Object.values(fields).some((value) => value.toLowerCase().includes(wanted))
          : field.toLowerCase().includes(wanted.slice(colon + 1))
      return isFound !== isNot
    })
}
