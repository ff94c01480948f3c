/**
 * Leader request: sends a question over HTTP to whichever of a cluster's masters leads.
 *
 * A master that only follows names the leader; one that does not answer at all is passed over. While
 * the named leader is gone and the next is not there yet, the question waits for a moment.
 */
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** A change of masters takes a fraction of a second, or up to 15 seconds if the broker has suffered too. */
export const CHANGE_WAIT_MS = 5_000
const CHANGE_PAUSE_MS = 100

/** Errors that say that the request has reached nobody, so that another may be asked. */
const NOT_REACHED = new Set([
  'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT',
])

export interface Question {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Rejects with the error of the last that was tried when nobody can be reached, or when the signal aborts. */
export async function askLeader(masters: readonly URL[], question: Question): Promise<IncomingMessage> {
  const until = performance.now() + CHANGE_WAIT_MS
  for (;;) {
    const { answer, problem, isChanging } = await askEach(masters, question)
    if (answer) return answer
    if (!isChanging || performance.now() >= until) throw problem
    await pause(CHANGE_PAUSE_MS, undefined, { signal: question.signal })
  }
}

interface Round {
  readonly answer?: IncomingMessage
  readonly problem: unknown
  /** Somebody named a leader that is gone. */
  readonly isChanging: boolean
}

async function askEach(masters: readonly URL[], question: Question): Promise<Round> {
  let [problem, isChanging]: [unknown, boolean] = [undefined, false]
  for (const base of masters) {
    try {
      const first = await send(new URL(question.path, base), question)
      const { statusCode, headers: { location } } = first
      if (statusCode !== 307 || location === undefined) return { answer: first, problem, isChanging }
      first.resume()
      isChanging = true
      // No further than there: two that name each other do not know.
      return { answer: await send(new URL(location, base), question), problem, isChanging }
    } catch (error) {
      if (!NOT_REACHED.has((error as NodeJS.ErrnoException).code ?? '')) throw error
      problem = error
    }
  }
  return { problem, isChanging }
}

function send(url: URL, { method, headers, signal }: Question): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers }, agent: false, signal }, resolve)
    sent.on('error', reject)
    sent.end()
  })
}
