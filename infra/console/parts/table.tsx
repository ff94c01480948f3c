/**
 * Table: many rows, of which those in sight are drawn. Its order and its filter are part of the address; the
 * keyboard moves through it (j, k), opens what is chosen (Enter) and goes to the filter (/).
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { plural } from '../format.js'
import { go, query, select } from '../route.js'
import { onTableKey } from '../shortcuts.js'
import { matcher, orderOf, sorted, textOfOrder, type Order } from './sorting.js'
import { useSight } from './virtual.js'

const ROW_PX = 33
const HEAD_PX = 34

export interface Column<R> {
  readonly key: string
  readonly title: string
  readonly cell: (row: R) => ComponentChildren
  /** What it is sorted and filtered by. */
  readonly value: (row: R) => string | number
  /** As a CSS width. */
  readonly width?: string
  readonly isNumber?: boolean
  /** Left out where there is little room. */
  readonly isMinor?: boolean
}

interface TableProps<R> {
  /** What the rows are, in the singular. */
  readonly noun: string
  readonly rows: readonly R[]
  readonly isRead: boolean
  readonly columns: readonly Column<R>[]
  readonly idOf: (row: R) => string
  readonly order: Order
  /** Where a row leads. */
  readonly link?: (row: R) => string
  /** Distinguishes the parameters of several tables of a page; empty for the main one. */
  readonly name?: string
  readonly tools?: ComponentChildren
  readonly empty?: string
  /** Without a box of its own to scroll in. */
  readonly isShort?: boolean
}

export function Table<R>(props: TableProps<R>) {
  const { noun, rows, isRead, columns, idOf, link, name = '', tools, empty, isShort = false } = props
  const place = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const parameter = (what: string) => `${name}${what}`
  const filter = query.value.get(parameter('q')) ?? ''
  const order = orderOf(query.value.get(parameter('sort')), props.order)
  const shown = useMemo(() => arranged(rows, columns, filter, order), [rows, filter, order.key, order.descending])
  const { first, end } = useSight(place, ROW_PX, shown.length)
  // Two keys may come before the page is drawn again.
  const at = useRef<string | undefined>(undefined)
  at.current = chosen
  useEffect(
    () =>
      name === ''
        ? onTableKey((key) => {
            const index = shown.findIndex((row) => idOf(row) === at.current)
            if (key === 'open') {
              const row = shown[index]
              if (row !== undefined && link) go(link(row))
              return
            }
            const next = Math.max(0, Math.min(shown.length - 1, index + (key === 'down' ? 1 : -1)))
            const row = shown[next]
            if (row === undefined) return
            at.current = idOf(row)
            setChosen(at.current)
            bringIntoSight(place.current, next)
          })
        : undefined,
    [shown, name],
  )
  const turn = (key: string) =>
    select({
      [parameter('sort')]: textOfOrder({ key, descending: order.key === key && !order.descending }),
    })
  const label = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}s`
  return (
    <>
      <div class="tools">
        <input
          class="field"
          type="search"
          value={filter}
          placeholder={`Filter ${noun}s`}
          aria-label={`Filter ${noun}s`}
          data-filter={name === '' ? '' : undefined}
          onInput={(event) => select({ [parameter('q')]: event.currentTarget.value })}
        />
        {tools}
        <span class="note" role="status">
          {shown.length === rows.length
            ? plural(rows.length, noun)
            : `${shown.length.toLocaleString('en')} of ${plural(rows.length, noun)}`}
        </span>
      </div>
      <div class={isShort ? 'table' : 'table tall'} ref={place} tabIndex={0} role="region" aria-label={label}>
        <table aria-rowcount={shown.length + 1}>
          <caption class="hidden">{label}</caption>
          <colgroup>
            {columns.map(({ key, width, isMinor }) => (
              <col key={key} class={classOf(false, isMinor)} style={width ? { width } : {}} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map(({ key, title, isNumber, isMinor }) => (
                <th
                  key={key}
                  scope="col"
                  class={classOf(isNumber, isMinor)}
                  aria-sort={order.key === key ? (order.descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={() => turn(key)}>
                    {title}
                    <span aria-hidden="true">{order.key === key ? (order.descending ? '▾' : '▴') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap rows={first} />
            {shown.slice(first, end).map((row, index) => (
              <tr
                key={idOf(row)}
                aria-rowindex={first + index + 2}
                class={idOf(row) === chosen ? 'chosen' : ''}
                aria-selected={idOf(row) === chosen}
              >
                {columns.map(({ key, cell, isNumber, isMinor }) => (
                  <td key={key} class={classOf(isNumber, isMinor)}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            ))}
            <Gap rows={shown.length - end} />
          </tbody>
        </table>
        {shown.length === 0 && (
          <p class="empty">
            {!isRead
              ? 'Reading …'
              : rows.length > 0
                ? `No ${noun} fits the filter.`
                : (empty ?? `There are no ${noun}s.`)}
          </p>
        )}
      </div>
    </>
  )
}

/** Keeps the place of rows that are not drawn. */
const Gap = ({ rows }: { readonly rows: number }) =>
  rows > 0 ? (
    <tr class="gap" aria-hidden="true">
      <td style={{ height: `${rows * ROW_PX}px` }} />
    </tr>
  ) : null

const classOf = (isNumber = false, isMinor = false): string => `${isNumber ? 'num' : ''}${isMinor ? ' minor' : ''}`

function arranged<R>(rows: readonly R[], columns: readonly Column<R>[], filter: string, order: Order): readonly R[] {
  const fits = matcher(filter)
  const kept =
    filter.trim() === ''
      ? rows
      : rows.filter((row) => fits(Object.fromEntries(columns.map(({ key, value }) => [key, String(value(row))]))))
  const column = columns.find(({ key }) => key === order.key)
  return column ? sorted(kept, column.value, order.descending) : kept
}

function bringIntoSight(place: HTMLElement | null, index: number): void {
  if (!place) return
  const [top, bottom] = [index * ROW_PX, (index + 1) * ROW_PX + HEAD_PX]
  if (top < place.scrollTop) place.scrollTop = top
  else if (bottom > place.scrollTop + place.clientHeight) place.scrollTop = bottom - place.clientHeight
}
