/** API: asks the master that leads. What goes wrong becomes a sentence. */
import { askLeading } from './ask-leading.js'
import { address, seekLeader } from './masters.js'

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => ask<T>('GET', path, signal)
export const post = <T>(path: string): Promise<T> => ask<T>('POST', path)

async function ask<T>(method: string, path: string, signal?: AbortSignal): Promise<T> {
  const headers = { accept: 'application/json' }
  const wish = { method, headers, ...(signal ? { signal } : {}) }
  const response = await fetchLeading(path, wish)
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body as T
  const said = (body as { error?: { message?: string } } | undefined)?.error?.message
  throw new ApiError(response.status, said ?? `the master answered with status ${response.status}`)
}

/** Of whoever leads by now. */
export function fetchLeading(path: string, wish: RequestInit): Promise<Response> {
  const send = (): Promise<Response> =>
    fetch(address(path), { ...wish, redirect: 'manual' }).catch((error: unknown) => {
      if (wish.signal?.aborted) throw error
      throw new ApiError(0, 'the master does not answer')
    })
  return askLeading(send, seekLeader)
}

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
