/**
 * Leader follow: server-sent events of whichever master leads, also when that changes.
 *
 * A leader that is gone, or silent for longer than it may be, is left, and the next is asked to go on. What
 * happened between is a gap, which is told in its place.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { IncomingMessage } from 'node:http'
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

export type Told =
  | ServerEvent
  | { readonly event: 'leader-changed'; readonly gap: Gap }

/**
 * Ends when `hangUp` says so. Throws a `Failure` when it is refused, or when no master answers for long.
 * @param pathOf for going on after a gap, what to ask for; `sinceMs` is undefined at first
 */
export async function* followLeader(
  client: HttpClient, pathOf: (sinceMs: number | undefined) => string, hangUp: AbortSignal,
  masterlessMaxMs = MASTERLESS_MAX_MS,
): AsyncGenerator<Told> {
  let response = await client.open(pathOf(undefined), 'text/event-stream', hangUp)
  let leading = client.leader(hangUp)
  void client.learnMasters(hangUp)
  for (;;) {
    let fromMs = Date.now()
    for await (const told of eventsIn(response, hangUp)) {
      fromMs = Date.now()
      if (told !== 'heard') yield told
    }
    if (hangUp.aborted) return
    response = await openNext(client, pathOf(fromMs), hangUp, masterlessMaxMs)
    if (hangUp.aborted) return
    const leaderWas = await leading
    leading = client.leader(hangUp)
    void client.learnMasters(hangUp)
    yield { event: 'leader-changed', gap: { fromMs, untilMs: Date.now(), leaderWas, leader: await leading } }
  }
}

/** For people, on a line. @param what might be missing, as a noun */
export function gapText({ fromMs, untilMs, leaderWas, leader }: Gap, what: string): string {
  const who = leaderWas !== undefined && leader === leaderWas ? `the connection to the leader ${leader} broke off`
    : `the leader ${leaderWas ?? 'of before'} is gone, ${leader ?? 'another master'} leads`
  return `${who}; of ${timeOf(fromMs)} to ${timeOf(untilMs)} ${what} may be missing`
}

/** For programs: what `--json` has in place of what is missing. */
export const gapJson = ({ fromMs, untilMs, leaderWas, leader }: Gap) => ({
  reason: 'leader-changed', from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString(),
  ...(leaderWas === undefined ? {} : { leaderWas }), ...(leader === undefined ? {} : { leader }),
})

/** Until it breaks off. */
async function* eventsIn(response: IncomingMessage, hangUp: AbortSignal): ReturnType<typeof eventsOf> {
  response.setTimeout(SILENCE_MAX_MS, () => response.destroy())
  try {
    yield* eventsOf(response)
  } catch (error) {
    if (!hangUp.aborted && error instanceof SyntaxError) throw error
  } finally {
    response.destroy()
  }
}

async function openNext(
  client: HttpClient, path: string, hangUp: AbortSignal, masterlessMaxMs: number,
): Promise<IncomingMessage> {
  const until = performance.now() + masterlessMaxMs
  for (;;) {
    try {
      await pause(AGAIN_MS, undefined, { signal: hangUp })
      return await client.open(path, 'text/event-stream', hangUp)
    } catch (error) {
      if (hangUp.aborted || !(error instanceof Failure) || error.exitCode !== EXIT.unreachable) throw error
      if (performance.now() < until) continue
      throw new Failure(EXIT.unreachable, `no master has led for ${masterlessMaxMs / 1_000} s; ${error.message}`)
    }
  }
}
