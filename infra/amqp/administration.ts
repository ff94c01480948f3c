/**
 * Administration: the two doors by which a broker's users and rights are set: `rabbitmqctl` on a machine of
 * the broker, and the management plugin's HTTP interface.
 */
import { spawn } from 'node:child_process'
import type { Definitions } from './definitions.js'

const TIMEOUT_MS = 60_000
const ANSWER_CHARACTERS_SHOWN = 300

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

function rabbitmqctl(args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('rabbitmqctl', args, { stdio: 'pipe', timeout: TIMEOUT_MS })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text })
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text })
    // One that ends early does not read on.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.once('error', () => reject(new AdministrationError(true,
      'no rabbitmqctl is here: run this on a machine of the broker, or take --apply management')))
    child.once('close', (code) => {
      if (code === 0) return resolve(stdout)
      const isUnreachable = /unable to perform an operation on node|timed? ?out/i.test(stderr) || code === null
      reject(new AdministrationError(isUnreachable, `rabbitmqctl ${args[0]} failed: ${shown(stderr || stdout)}`))
    })
  })
}

const shown = (text: string): string => text.trim().replace(/\s+/g, ' ').slice(0, ANSWER_CHARACTERS_SHOWN)
