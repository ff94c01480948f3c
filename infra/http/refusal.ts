/** Refusal: why a request does not get what it asked for; becomes an HTTP status and one JSON object. */

export const SCHEMA_VERSION = 1
/** Names the cluster that a request is meant for, so that no other carries it out. */
export const CLUSTER_HEADER = 'x-warren-cluster'
/** Which launch's output or files an answer holds: whoever goes on elsewhere asks for that one. */
export const LAUNCH_HEADER = 'x-warren-launch'
/** In a query: the page key of the master that is asked (`guard.ts`). */
export const PAGE_KEY = 'page-key'

export type RefusalCode =
  | 'bad-request' | 'forbidden' | 'not-found' | 'ambiguous' | 'superseded' | 'misdirected'
  | 'outside' | 'too-many' | 'unavailable' | 'failed'

const STATUS: Readonly<Record<RefusalCode, number>> = {
  'bad-request': 400, forbidden: 403, outside: 403, 'not-found': 404, ambiguous: 409, superseded: 410,
  misdirected: 421, 'too-many': 429, unavailable: 503, failed: 500,
}

export interface RefusalDetails {
  /** What was looked for: agent, framework, task or offer. */
  readonly noun?: string
  /** What an ambiguous id could mean, each written so that it means one thing. */
  readonly candidates?: readonly string[]
}

export class Refusal extends Error {
  readonly status: number

  constructor(readonly code: RefusalCode, message: string, readonly details: RefusalDetails = {}) {
    super(message)
    this.status = STATUS[code]
  }
}

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly schemaVersion: number
  readonly error: {
    readonly code: RefusalCode
    readonly message: string
  } & RefusalDetails
}

/** The last line of an answer in JSON Lines that breaks off. */
export const refusalLine = ({ code, message }: Refusal): string => `${JSON.stringify({ error: { code, message } })}\n`

export function errorBody({ code, message, details }: Refusal): ErrorBody {
  return { schemaVersion: SCHEMA_VERSION, error: { code, message, ...details } }
}
