/** Rows: a whole list of the cluster, read in pages and kept as it changes. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError, get, sentence } from './api.js'
import { listen, type RowsEvent } from './live.js'
import { keyOf, merge } from './merge.js'

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
      const own = new AbortController()
      reading = own
      const read = new Map<string, R>()
      let after = ''
      do {
        const path = `/v1/${what}?limit=${PAGE}${query === '' ? '' : `&${query}`}${after}`
        const page = await get<Page>(path, own.signal)
        merge(read, { rows: page[what] as R[], gone: [], isAll: false }, keep)
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
      what,
      begun,
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

export interface One<R> {
  readonly row: R | undefined
  readonly isRead: boolean
  readonly problem: string | undefined
}

/** One row, without its list. @param noun the list's name in the singular */
export function useOne<R extends object>(noun: string, id: string): One<R> {
  const [one, setOne] = useState<One<R>>({ row: undefined, isRead: false, problem: undefined })
  useEffect(() => {
    let [isOver, key] = [false, id]
    const show = (row: R | undefined, problem?: string) => {
      if (!isOver) setOne({ row, isRead: true, problem })
    }
    const begun = () => {
      get<Page>(`/v1/${noun}s/${encodeURIComponent(id)}`).then(
        (answer) => {
          const row = answer[noun] as R
          key = keyOf(row)
          show(row)
        },
        (error: unknown) =>
          show(undefined, error instanceof ApiError && error.status === 404 ? undefined : sentence(error)),
      )
    }
    const leave = listen({
      what: `${noun}s`,
      begun,
      rows: ({ rows, gone }) => {
        const row = (rows as readonly R[]).find((each) => keyOf(each) === key)
        if (row) show(row)
        // Of some that are gone the master still knows what they were.
        else if (gone.includes(key)) begun()
      },
    })
    return () => {
      isOver = true
      leave()
    }
  }, [noun, id])
  return one
}
