/** API: asks the master that leads. What goes wrong becomes a sentence. */
import { address } from './masters.js'

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
  const response = await fetch(address(path), wish).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new ApiError(0, 'the master does not answer')
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && body !== undefined) return body as T
  const said = (body as { error?: { message?: string } } | undefined)?.error?.message
  throw new ApiError(response.status, said ?? `the master answered with status ${response.status}`)
}

export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))
