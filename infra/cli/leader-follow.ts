/**
 * Leader follow: what whichever master leads goes on to tell, also when that changes.
 *
 * A leader that is gone, or silent for longer than it may be, is left, and the next is asked to go on. What
 * happened between is a gap, which is told in its place.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { timeOf } from '../trace/message-lines.js'
import { EXIT, Failure } from './failure.js'
import type { HttpClient } from './http-client.js'
import { eventsOf, type ServerEvent } from './server-events.js'

/** So long the next leader is waited for. A change takes a fraction of a second; up to 15 s if the broker fails too. */
export const MASTERLESS_MAX_MS = 60_000
/** Masters say something every 15 s, if only that they are there. */
const SILENCE_MAX_MS = 35_000
const AGAIN_MS = 200

/** Nobody was listened to. */
export interface Gap {
  /** When something was heard last. */
  readonly fromMs: number
  /** When the next answered. */
  readonly untilMs: number
  /** Names of masters; undefined where nobody said it. */
  readonly leaderWas: string | undefined
  readonly leader: string | undefined
}

export interface LeaderChanged {
  readonly event: 'leader-changed'
  readonly gap: Gap
}

export type Told = ServerEvent | LeaderChanged

/** What is followed. */
export interface Followed<T> {
  readonly accept: string
  /** For going on after a gap, what to ask for; `sinceMs` is undefined at first. */
  readonly pathOf: (sinceMs: number | undefined) => string
  /** Of one master's answer, which may break off anywhere. `heard` is a sign of life, and no more. */
  readonly read: (chunks: AsyncIterable<Buffer>, headers: IncomingHttpHeaders) => AsyncIterable<T | 'heard'>
  /** An answer that is whole is the last; else only who hangs up ends it. */
  readonly mayEnd: boolean
  /** A master that says nothing for longer is left. */
  readonly silenceMaxMs: number
}

/** Server-sent events. Ends when `hangUp` says so; throws as `followMasters` does. */
export const followLeader = (
  client: HttpClient, pathOf: Followed<ServerEvent>['pathOf'], hangUp: AbortSignal, masterlessMaxMs?: number,
): AsyncGenerator<Told> => followMasters(client, {
  accept: 'text/event-stream', pathOf, read: eventsOf, mayEnd: false, silenceMaxMs: SILENCE_MAX_MS,
}, hangUp, masterlessMaxMs)

/** Throws a `Failure` when it is refused, or when no master answers for long. */
export async function* followMasters<T>(
  client: HttpClient, { accept, pathOf, read, mayEnd, silenceMaxMs }: Followed<T>, hangUp: AbortSignal,
  masterlessMaxMs = MASTERLESS_MAX_MS,
): AsyncGenerator<T | LeaderChanged> {
  let response = await client.open(pathOf(undefined), accept, hangUp)
  let leading = client.leader(hangUp)
  void client.learnMasters(hangUp)
  for (;;) {
    let [fromMs, isWhole] = [Date.now(), false]
    try {
      for await (const told of read(chunksOf(response, silenceMaxMs), response.headers)) {
        fromMs = Date.now()
        if (told !== 'heard') yield told
      }
      isWhole = response.complete
    } catch (error) {
      // Who leads no more may notice it before it is left.
      if (!(error instanceof Failure) || !await leadsAnother(client, await leading, hangUp)) throw error
    } finally {
      response.destroy()
    }
    if (hangUp.aborted || (isWhole && mayEnd)) return
    response = await openNext(client, pathOf(fromMs), accept, hangUp, masterlessMaxMs)
    if (hangUp.aborted) return
    const leaderWas = await leading
    leading = client.leader(hangUp)
    void client.learnMasters(hangUp)
    yield { event: 'leader-changed', gap: { fromMs, untilMs: Date.now(), leaderWas, leader: await leading } }
  }
}

/** For people, on a line. @param what might be missing, as a noun */
export const gapText = (gap: Gap, what: string): string =>
  `${changeText(gap)}; of ${timeOf(gap.fromMs)} to ${timeOf(gap.untilMs)} ${what} may be missing`

export const changeText = ({ leaderWas, leader }: Gap): string =>
  (leaderWas !== undefined && leader === leaderWas ? `the connection to the leader ${leader} broke off`
    : `the leader ${leaderWas ?? 'of before'} is gone, ${leader ?? 'another master'} leads`)

/** For programs: what `--json` has in place of what is missing. */
export const gapJson = ({ fromMs, untilMs, leaderWas, leader }: Gap) => ({
  reason: 'leader-changed', from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(),
  ...(leaderWas === undefined ? {} : { leaderWas }), ...(leader === undefined ? {} : { leader }),
})

/** Until it breaks off, or is silent. While nobody takes what it said, it may be. */
async function* chunksOf(response: IncomingMessage, silenceMaxMs: number): AsyncGenerator<Buffer> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  for (;;) {
    const timer = setTimeout(() => response.destroy(), silenceMaxMs)
    const next = await chunks.next().catch(() => undefined).finally(() => clearTimeout(timer))
    if (!next || next.done) return
    yield next.value
  }
}

async function leadsAnother(client: HttpClient, last: string | undefined, hangUp: AbortSignal): Promise<boolean> {
  const leader = await client.leader(hangUp)
  return leader !== undefined && last !== undefined && leader !== last
}

async function openNext(
  client: HttpClient, path: string, accept: string, hangUp: AbortSignal, masterlessMaxMs: number,
): Promise<IncomingMessage> {
  const until = performance.now() + masterlessMaxMs
  for (;;) {
    try {
      await pause(AGAIN_MS, undefined, { signal: hangUp })
      return await client.open(path, accept, hangUp)
    } catch (error) {
      if (hangUp.aborted || !(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error
      if (performance.now() < until) continue
      throw new Failure(EXIT.unreachable, `no master has led for ${masterlessMaxMs / 1_000} s; ${error.message}`)
    }
  }
}
