/** Question: one short question over HTTP to whoever answers there. Never rejects. */
import { request } from 'node:http'

const TIMEOUT_MS = 2_000
const CHARACTERS_MAX = 1_000_000

export interface Answer {
  readonly status: number
  readonly text: string
  /** By the clock of who answers, in whole seconds; undefined when it does not say. */
  readonly theirMs: number | undefined
  /** By this machine's clock, in the middle between question and answer. */
  readonly ourMs: number
}

export type Answered = Answer | { readonly reason: string }

export const isSound = (answered: Answered): answered is Answer => 'status' in answered && answered.status === 200

export function question(url: string): Promise<Answered> {
  return new Promise((resolve) => {
    const began = Date.now()
    const sent = request(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      const ourMs = (began + Date.now()) / 2
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        if (text.length < CHARACTERS_MAX) text += chunk
      })
      response.once('error', (error) => resolve({ reason: error.message }))
      response.once('end', () => {
        const theirMs = Date.parse(response.headers.date ?? '')
        const date = Number.isNaN(theirMs) ? undefined : theirMs
        resolve({ status: response.statusCode ?? 0, text, theirMs: date, ourMs })
      })
    })
    sent.once('error', ({ name, message }) => {
      const isLate = name === 'AbortError' || name === 'TimeoutError'
      resolve({ reason: isLate ? `no answer within ${TIMEOUT_MS} ms` : message })
    })
    sent.end()
  })
}
