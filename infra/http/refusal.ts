/** Refusal: why a request does not get what it asked for; becomes an HTTP status and one JSON object. */

export const SCHEMA_VERSION = 1

export type RefusalCode =
  | 'bad-request' | 'forbidden' | 'not-found' | 'ambiguous' | 'superseded' | 'too-many' | 'unavailable'
  | 'failed'

const STATUS: Readonly<Record<RefusalCode, number>> = {
  'bad-request': 400, forbidden: 403, 'not-found': 404, ambiguous: 409, superseded: 410, 'too-many': 429,
  unavailable: 503, failed: 500,
}

export class Refusal extends Error {
  readonly status: number

  /** @param candidates what an ambiguous id could mean, each written so that it means one thing */
  constructor(readonly code: RefusalCode, message: string, readonly candidates?: readonly string[]) {
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
    readonly candidates?: readonly string[]
  }
}

export function errorBody({ code, message, candidates }: Refusal): ErrorBody {
  return { schemaVersion: SCHEMA_VERSION, error: { code, message, ...(candidates ? { candidates } : {}) } }
}
