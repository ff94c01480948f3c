/**
 * Part follow: a task's output or a file as it grows, part by part. When the leader is gone it goes on with the next
 * where it stood: every line of the answer says how far it has come, and one that broke off in the midst counts
 * for nothing, so no byte is lost and none comes twice.
 */
import type { Base64Line } from '../http/base64-lines.js'
import type { Part } from '../http/pieces.js'
import { LAUNCH_HEADER } from '../http/refusal.js'
import { segment, type HttpClient } from './http-client.js'
import { linesOf } from './json-lines.js'
import { changeText, followMasters, MASTERLESS_MAX_MS, type Gap } from './leader-follow.js'

/** Agents answer at least every 30 s, masters for them 10 s later. */
const SILENCE_MAX_MS = 60_000

export const FOLLOW_NOTE = `When the leader is gone --follow goes on with the next where it stood, if there is one
within ${MASTERLESS_MAX_MS / 1_000} s; stderr says that it changed.`

export interface PartWish {
  readonly nouns: 'tasks' | 'agents'
  readonly id: string
  readonly what: 'logs' | 'file'
  readonly query: Readonly<Record<string, string>>
}

/**
 * Ends with what is followed. Throws a `Failure`, also midway.
 * @param changed told that another leads, before the first part of the next
 */
export async function* followParts(
  client: HttpClient, { nouns, id, what, query }: PartWish, changed: (gap: Gap) => void, hangUp: AbortSignal,
  masterlessMaxMs?: number,
): AsyncGenerator<Part> {
  // Once it is known which launch is meant, no later one of the same name will do.
  let meant = id
  let next: number | undefined
  const pathOf = () => {
    const { tail, ...rest } = query
    const place = next !== undefined ? { offset: String(next) } : tail !== undefined ? { tail } : {}
    const wish = new URLSearchParams({ ...rest, ...place, follow: '1', encoding: 'base64' })
    return `/v1/${nouns}/${segment(meant)}/${what}?${wish}`
  }
  const followed = followMasters<Part>(client, {
    accept: 'application/x-ndjson', pathOf, mayEnd: true, silenceMaxMs: SILENCE_MAX_MS,
    async *read(chunks, headers) {
      if (nouns === 'tasks') meant = String(headers[LAUNCH_HEADER] ?? meant)
      next = Number(headers['x-warren-offset'] ?? next ?? 0)
      for await (const line of linesOf(chunks)) {
        const { offset, base64 } = JSON.parse(line) as Base64Line
        const data = Buffer.from(base64, 'base64')
        next = offset + data.length
        yield data.length === 0 ? 'heard' : { offset, data }
      }
    },
  }, hangUp, masterlessMaxMs)
  for await (const each of followed) {
    if ('gap' in each) changed(each.gap)
    else yield each
  }
}

/** Whoever follows several streams says once what each of them notices. @returns a listener for a stream */
export function sayingOnce(say: (text: string) => void): () => (gap: Gap) => void {
  let said = 0
  return () => {
    let noticed = 0
    return (gap) => {
      if (++noticed <= said) return
      said = noticed
      say(`warren: ${changeText(gap)}; it is read on from where it stood\n`)
    }
  }
}

export async function* bytesIn(parts: AsyncIterable<Part>): AsyncGenerator<Uint8Array> {
  for await (const { data } of parts) yield data
}
