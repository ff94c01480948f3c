/** JSON lines: an answer that goes on, one object a line, until there is no more or something broke it off. */
import { fetchLeading } from './api.js'

interface Broken {
  readonly error?: { readonly message: string }
}

export interface Opened {
  readonly headers: Headers
}

/** Resolves when there will be no more: with what broke it off, if something did. */
export async function followLines<L extends object>(
  path: string,
  signal: AbortSignal,
  heard: (line: L) => void,
  opened: (answer: Opened) => void = () => {},
): Promise<string | undefined> {
  const headers = { accept: 'application/x-ndjson' }
  const response = await fetchLeading(path, { headers, signal })
  if (!response.ok || !response.body) {
    const body = (await response.json().catch(() => undefined)) as Broken | undefined
    return body?.error?.message ?? `it cannot be read (status ${response.status})`
  }
  opened(response)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return undefined
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines.filter((each) => each !== '')) {
      const { error, ...said } = JSON.parse(line) as L & Broken
      if (error) return error.message
      heard(said as unknown as L)
    }
  }
}
