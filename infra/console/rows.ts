/** Rows: a whole list of the cluster, read in pages and kept as it changes. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { get, sentence } from './api.js'
import { listen, type RowsEvent } from './live.js'
import { merge } from './merge.js'

const PAGE = 10_000

export interface Listed<R> {
  readonly rows: readonly R[]
  /** False until the first page is there. */
  readonly isRead: boolean
  readonly problem: string | undefined
}

interface Wish<R> {
  /** A query that the master filters by; the rows that change are filtered by `keep`. */
  readonly query?: string
  readonly keep?: (row: R) => boolean
}

type Page = Readonly<Record<string, unknown>> & { readonly next?: string }

/** @param what a list of the interface, such as `agents` */
export function useRows<R extends object>(what: string, { query = '', keep }: Wish<R> = {}): Listed<R> {
  const [listed, setListed] = useState<Listed<R>>({ rows: [], isRead: false, problem: undefined })
  useEffect(() => {
    const rows = new Map<string, R>()
    let [reading, pending]: [AbortController | undefined, RowsEvent[]] = [undefined, []]
    const show = (problem?: string) => setListed({ rows: [...rows.values()], isRead: true, problem })
    const apply = (event: RowsEvent) => merge(rows, event, keep)
    const read = async (): Promise<void> => {
      reading?.abort()
      const own = reading = new AbortController()
      const read = new Map<string, R>()
      let after = ''
      do {
        const path = `/v1/${what}?limit=${PAGE}${query === '' ? '' : `&${query}`}${after}`
        const page = await get<Page>(path, own.signal)
        merge(read, { what, rows: page[what] as R[], gone: [], isAll: false }, keep)
        after = page.next === undefined ? '' : `&after=${encodeURIComponent(page.next)}`
      } while (after !== '')
      if (own.signal.aborted) return
      rows.clear()
      for (const [id, row] of read) rows.set(id, row)
      for (const event of pending) apply(event)
      ;[reading, pending] = [undefined, []]
      show()
    }
    const begun = () => {
      read().catch((error: unknown) => {
        if (!(error instanceof DOMException)) show(sentence(error))
      })
    }
    const leave = listen({
      what, begun,
      rows: (event) => {
        if (reading) return void pending.push(event)
        apply(event)
        show()
      },
    })
    return () => {
      reading?.abort()
      leave()
    }
  }, [what, query])
  return listed
}

/** Of rows with `id`, one. */
export const useRow = <R extends { readonly id: string }>(what: string, id: string): Listed<R> & { row: R | undefined } => {
  const listed = useRows<R>(what)
  return { ...listed, row: useMemo(() => listed.rows.find((row) => row.id === id), [listed.rows, id]) }
}
