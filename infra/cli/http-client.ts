/**
 * HTTP client: asks the masters, over `node:http`, because Node's `fetch` adds a third to the start-up of
 * a short command. What goes wrong becomes a `Failure` that says what to do.
 */
import type { IncomingMessage } from 'node:http'
import type { MasterView } from '../http/master-view.js'
import { CLUSTER_HEADER, type ErrorBody, type RefusalCode } from '../http/refusal.js'
import type { ClusterView } from '../../actors/protocol/operator.js'
import { masterOf } from './connection.js'
import { EXIT, Failure, type ExitCode } from './failure.js'
import { nextSteps } from './invocation.js'
import { askLeader } from './leader-request.js'

/** The master answers from memory; what takes longer than this has hung. */
const ANSWER_TIMEOUT_MS = 15_000
const BODY_BYTES_MAX = 1_073_741_824
const MASTERS_KNOWN_MAX = 32

const EXIT_OF: Readonly<Record<RefusalCode, ExitCode>> = {
  'bad-request': EXIT.usage, forbidden: EXIT.failed, 'not-found': EXIT.notFound, ambiguous: EXIT.usage,
  superseded: EXIT.notFound, misdirected: EXIT.notFound, outside: EXIT.failed,
  'too-many': EXIT.failed, unavailable: EXIT.unreachable, failed: EXIT.failed,
}

export class HttpClient {
  private masters: readonly URL[]

  /**
   * @param url of a master, or of several that stand in for each other, separated by commas
   * @param cluster which the master must lead; any will do unless given
   * @param options of the command that asks
   */
  constructor(
    private readonly url: string, private readonly cluster?: string,
    private readonly options: Readonly<Record<string, unknown>> = {},
  ) {
    this.masters = url.split(',').map((each) => baseOf(each.trim()))
  }

  /** @param hangUp before it is answered */
  get<T>(path: string, hangUp?: AbortSignal): Promise<T> {
    return this.ask<T>('GET', path, hangUp)
  }

  post<T>(path: string): Promise<T> {
    return this.ask<T>('POST', path)
  }

  /** Asks the leader for the addresses of all masters, so that these are known when it is gone. */
  async learnMasters(hangUp: AbortSignal): Promise<void> {
    try {
      const { masters } = await this.get<{ readonly masters: readonly MasterView[] }>('/v1/masters', hangUp)
      const known = new Set(this.masters.map(({ origin }) => origin))
      const others = masters.map(({ url }) => new URL(url)).filter(({ origin }) => !known.has(origin))
      this.masters = [...this.masters, ...others].slice(0, MASTERS_KNOWN_MAX)
    } catch {
      // Those that were named are known.
    }
  }

  /** Its name; undefined when nobody tells. */
  leader(hangUp: AbortSignal): Promise<string | undefined> {
    return this.get<{ readonly cluster: ClusterView }>('/v1/cluster', hangUp).then(
      ({ cluster }) => cluster.leader, () => undefined)
  }

  /**
   * An answer that goes on. Throws a `Failure` when there is none.
   * @param signal hangs up
   */
  async open(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.send('GET', path, { accept }, signal)
    if (response.statusCode !== 200) throw await this.refused(response)
    return response
  }

  /** The same, the bytes as they come. Throws a `Failure`, also midway. */
  async *follow(path: string, accept: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const response = await this.open(path, accept, signal)
    try {
      for await (const chunk of response) yield chunk as Buffer
    } catch {
      if (signal.aborted) return
      const help = 'is the agent away, or the master gone? Ask again: the next master answers'
      throw new Failure(EXIT.unreachable, `the answer of ${this.url} broke off; ${help}`)
    }
  }

  private async ask<T>(method: string, path: string, hangUp?: AbortSignal): Promise<T> {
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    const response = await this.send(method, path, {}, hangUp ? AbortSignal.any([timeout, hangUp]) : timeout)
    if ((response.statusCode ?? 500) >= 300) throw await this.refused(response)
    const body = await this.read(response)
    if (!isObject(body)) throw this.stranger()
    return body as T
  }

  private async send(
    method: string, path: string, headers: Record<string, string>, signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const wanted = this.cluster === undefined ? {} : { [CLUSTER_HEADER]: this.cluster }
    try {
      return await askLeader(this.masters, { method, path, headers: { ...headers, ...wanted }, signal })
    } catch {
      throw signal.aborted ? this.silent() : this.unreachable()
    }
  }

  private async refused(response: IncomingMessage): Promise<Failure> {
    const body = await this.read(response)
    const error = isObject(body) ? (body as Partial<ErrorBody>).error : undefined
    if (error === undefined) return this.stranger()
    const { code, message, noun } = error
    const list = noun === 'task' ? 'task list --all' : `${noun} list`
    if (code === 'misdirected') return new Failure(EXIT_OF[code], `at ${this.url}: ${message}`)
    const help = code === 'not-found' && noun ? nextSteps(`; see \`warren ${list}\``, this.options) : ''
    return new Failure(EXIT_OF[code] ?? EXIT.failed, `${message}${help}`)
  }

  private async read(response: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = []
    let bytes = 0
    try {
      for await (const chunk of response) {
        bytes += chunks[chunks.push(chunk as Buffer) - 1]?.length ?? 0
        if (bytes > BODY_BYTES_MAX) throw this.stranger()
      }
      return JSON.parse(Buffer.concat(chunks).toString())
    } catch (error) {
      if (error instanceof Failure) throw error
      throw error instanceof SyntaxError ? this.stranger() : this.unreachable()
    }
  }

  private unreachable(): Failure {
    if (this.options['master'] !== undefined) {
      const said = this.masters.length > 1 ? `none of the masters at ${this.url} answers`
        : `cannot reach the master at ${this.url}`
      return new Failure(EXIT.unreachable, `${said}; \`warren master\` starts one`)
    }
    // Who names a broker runs a cluster elsewhere, whose interface only its log tells.
    const help = process.env['WARREN_BROKER'] ? 'name it with --master: its log says where it answers'
      : 'is the cluster running? start one with `warren dev`'
    return new Failure(EXIT.unreachable, `cannot reach the master at ${this.url}; ${help}`)
  }

  private silent(): Failure {
    const seconds = ANSWER_TIMEOUT_MS / 1_000
    return new Failure(EXIT.timeout, `the master at ${this.url} did not answer within ${seconds} s`)
  }

  private stranger(): Failure {
    const message = `what answers at ${this.url} is no Warren master; name the master with --master`
    return new Failure(EXIT.failed, message)
  }
}

export function clientOf(options: Readonly<Record<string, unknown>>): HttpClient {
  const { http, cluster } = masterOf(options)
  return new HttpClient(http, cluster, options)
}

/** Into a path: a task may be called `framework/task`. */
export const segment = (id: string): string => encodeURIComponent(id)

function baseOf(url: string): URL {
  try {
    const base = new URL(url)
    if (base.protocol === 'http:') return base
  } catch {
    // Said below.
  }
  throw new Failure(EXIT.usage, `'${url}' is no address of a master: write --master http://127.0.0.1:5050`)
}

const isObject = (body: unknown): boolean => typeof body === 'object' && body !== null
