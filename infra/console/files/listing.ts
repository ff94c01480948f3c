/** Listing: what a directory holds, read a page at a time, and again now and then while somebody looks on. */
import { useEffect, useState } from 'preact/hooks'
import type { FilesAnswer, FileView } from '../../http/file-view.js'
import { get, sentence } from '../api.js'
import { listingAddress, type Keeper } from './path.js'

/** A directory tells nobody that it has changed. */
const AGAIN_MS = 5_000

export interface Listed {
  readonly files: readonly FileView[]
  readonly isRead: boolean
  /** There is more than was read. */
  readonly hasMore: boolean
  readonly problem: string | undefined
  readonly readMore: () => void
}

type Read = Omit<Listed, 'readMore' | 'hasMore'> & { readonly next?: string | undefined }
const NOTHING: Read = { files: [], isRead: false, problem: undefined }

/** @param isLive whether it may still change */
export function useListing({ noun, id }: Keeper, path: string, isLive: boolean): Listed {
  const [read, setRead] = useState<Read>(NOTHING)
  const [pages, setPages] = useState(1)
  useEffect(() => {
    setRead(NOTHING)
    setPages(1)
  }, [noun, id, path])
  useEffect(() => {
    const own = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => {
      if (isLive && !own.signal.aborted) timer = setTimeout(() => (document.hidden ? again() : begin()), AGAIN_MS)
    }
    const begin = () =>
      readPages({ noun, id }, path, pages, own.signal).then(
        (got) => {
          setRead({ ...got, isRead: true, problem: undefined })
          again()
        },
        (error: unknown) => {
          if (own.signal.aborted) return
          setRead({ files: [], isRead: true, problem: sentence(error) })
          again()
        },
      )
    void begin()
    return () => {
      own.abort()
      clearTimeout(timer)
    }
  }, [noun, id, path, pages, isLive])
  return { ...read, hasMore: read.next !== undefined, readMore: () => setPages(pages + 1) }
}

async function readPages(
  keeper: Keeper,
  path: string,
  count: number,
  signal: AbortSignal,
): Promise<Pick<Read, 'files' | 'next'>> {
  const files: FileView[] = []
  let next: string | undefined
  for (let page = 0; page < count && (page === 0 || next !== undefined); page++) {
    const answer: FilesAnswer = await get(listingAddress(keeper, path, next), signal)
    files.push(...answer.files)
    next = answer.next
  }
  return { files, next }
}
