/**
 * Administration: the two doors by which a broker's users and rights are set: `rabbitmqctl` on a machine of
 * the broker, and the management plugin's HTTP interface.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Definitions } from './definitions.js'

const TIMEOUT_MS = 60_000
/** A broker may have a hundred thousand users. */
const ANSWER_BYTES_MAX = 67_108_864
const ANSWER_CHARACTERS_SHOWN = 300
const run = promisify(execFile)

export interface Administration {
  /** The names of the broker's users. */
  users(): Promise<ReadonlySet<string>>
  import(definitions: Definitions): Promise<void>
}

/** The door did not open, or what is behind it refused; the message is for people. */
export class AdministrationError extends Error {
  constructor(readonly isUnreachable: boolean, message: string) {
    super(message)
  }
}

interface RunError {
  readonly code?: number | string | null
  readonly killed?: boolean
  readonly stdout?: string
  readonly stderr?: string
}

interface Named {
  readonly user?: string
  readonly name?: string
}

export const byRabbitmqctl = (): Administration => ({
  users: async () => namesIn(await rabbitmqctl(['list_users', '--formatter', 'json', '--silent'])),
  import: async (definitions) => {
    await rabbitmqctl(['import_definitions'], JSON.stringify(definitions))
  },
})

/** @param url with user and password: `http://USER:PASSWORD@HOST:15672` */
export function byManagement(url: string): Administration {
  const base = new URL(url)
  const credentials = [base.username, base.password].map(decodeURIComponent).join(':')
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
  const ask = async (path: string, body?: object): Promise<string> => {
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const place = new URL(path, `${base.origin}${base.pathname.replace(/\/?$/, '/')}`)
    const headers = { authorization, 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    let response: Response
    try {
      response = await fetch(place, { ...sent, headers, signal, redirect: 'error' })
    } catch (error) {
      const { cause, message } = error as Error
      const why = cause instanceof Error ? cause.message : message
      throw new AdministrationError(true, `no management interface answers at ${base.origin}: ${why}`)
    }
    const text = await response.text()
    if (response.ok) return text
    const hint = response.status === 401 ? '; --url must name an administrator and its password' : ''
    throw new AdministrationError(false,
      `the management interface refused ${place.pathname} with ${response.status}${hint}: ${shown(text)}`)
  }
  return {
    users: async () => namesIn(await ask('api/users')),
    import: async (definitions) => {
      await ask('api/definitions', definitions)
    },
  }
}

const namesIn = (json: string): ReadonlySet<string> =>
  new Set((JSON.parse(json) as readonly Named[]).map(({ user, name }) => user ?? name ?? ''))

async function rabbitmqctl(args: readonly string[], input = ''): Promise<string> {
  const running = run('rabbitmqctl', args, { timeout: TIMEOUT_MS, maxBuffer: ANSWER_BYTES_MAX })
  // One that ends early does not read on.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(input)
  try {
    return (await running).stdout
  } catch (error) {
    const { code, killed, stdout, stderr } = error as RunError
    if (code === 'ENOENT') {
      throw new AdministrationError(true,
        'no rabbitmqctl is here: run this on a machine of the broker, or take --apply management')
    }
    const isUnreachable = killed === true || /unable to perform an operation on node/i.test(stderr ?? '')
    const why = killed ? `took longer than ${TIMEOUT_MS} ms` : `failed: ${shown(stderr || stdout || String(code))}`
    throw new AdministrationError(isUnreachable, `rabbitmqctl ${args[0]} ${why}`)
  }
}

const shown = (text: string): string => text.trim().replace(/\s+/g, ' ').slice(0, ANSWER_CHARACTERS_SHOWN)
