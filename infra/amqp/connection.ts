/**
 * Connection: one TCP connection to one of the brokers, with a bound on every wait.
 *
 * amqplib sets no time limits and offers a recovery whose `setup` can crash the process, so both are
 * ours. Nothing here is retried: who lost a connection decides when to ask for the next.
 */
import type { Socket } from 'node:net'
import { connect, type ChannelModel } from 'amqplib'
import { CREDENTIALS_REFUSED, withHeartbeat, withoutPassword } from './broker-urls.js'

export const CONNECT_TIMEOUT_MS = 5_000
/** Reaching the broker, its greeting, its terms and its welcome: each may take the limit. */
const CONNECT_STEPS = 4
/** A broker that says nothing is left after two to three of these, by when its peers do without it (`README.md`). */
export const HEARTBEAT_SECONDS = 4
/** How long the broker may take to answer a declaration. */
export const RPC_TIMEOUT_MS = 10_000
const CLOSE_TIMEOUT_MS = 2_000

export interface ConnectionOptions {
  readonly connectTimeoutMs: number
  readonly heartbeatSeconds: number
  /** Ends what is still being connected, at once. */
  readonly signal?: AbortSignal
}

export interface Opened {
  readonly connection: ChannelModel
  /** The broker that was had. */
  readonly url: string
}

/**
 * Tries each broker once, in the order given. `onEnd` is told once, with the reason, when the connection is
 * gone. Rejects with an Error that names each broker and why it could not be had.
 * @param name what the broker's operator sees
 */
export async function openConnection(
  urls: readonly string[], name: string, options: ConnectionOptions, onEnd: (reason: string) => void,
): Promise<Opened> {
  const failures: string[] = []
  for (const url of urls) {
    const { connectTimeoutMs, heartbeatSeconds, signal } = options
    if (signal?.aborted) break
    const hangingUp = new AbortController()
    const hangUp = (): void => hangingUp.abort()
    signal?.addEventListener('abort', hangUp)
    // amqplib hands its signal to the socket, but does not declare that.
    const ending = { signal: hangingUp.signal }
    const opening = connect(withHeartbeat(url, heartbeatSeconds), {
      timeout: connectTimeoutMs, noDelay: true, keepAlive: true, clientProperties: { connection_name: name }, ...ending,
    })
    try {
      // amqplib's own limit is on silence; who says a word now and then could keep us waiting for ever.
      const connection = await within(CONNECT_STEPS * connectTimeoutMs, 'connecting', opening)
      hear(connection)
      connection.on('close', (error) => onEnd(error?.message ?? 'closed'))
      gatherWrites(connection)
      return { connection, url }
    } catch (error) {
      opening.then((late) => closeConnection(hear(late)), () => undefined)
      hangUp()
      failures.push(`${withoutPassword(url)}: ${explain(error as NodeJS.ErrnoException, options)}`)
    } finally {
      signal?.removeEventListener('abort', hangUp)
    }
  }
  throw new Error(`cannot reach the broker: ${failures.join('; ')}`)
}

/** An error is followed by `close`, which carries it; unheard it would end the process. */
const hear = (connection: ChannelModel): ChannelModel => connection.on('error', () => undefined)

/**
 * Makes what is written in one go leave in one system call. amqplib writes each message on its own, and Node
 * passes each to the system at once: for small ones that costs more than all else, here and at the broker.
 */
function gatherWrites(connection: ChannelModel): void {
  const stream = streamOf(connection)
  if (!stream) return
  const write = stream.write
  let gathering = false
  const release = (): void => {
    gathering = false
    stream.uncork()
  }
  stream.write = function gathered(this: Socket, ...content: never): boolean {
    if (!gathering) {
      gathering = true
      stream.cork()
      process.nextTick(release)
    }
    return write.apply(this, content)
  } as typeof write
}

/** Says goodbye; a broker that does not answer is left without one. Never rejects. */
export async function closeConnection(connection: ChannelModel): Promise<void> {
  await within(CLOSE_TIMEOUT_MS, 'closing', connection.close()).catch(() => undefined)
  // amqplib has no way to hang up, and a half-open socket would keep the process alive. So would its heartbeats, for up
  // to three of them, unless it hears why its socket is gone.
  streamOf(connection)?.destroy(new Error('left'))
}

/** The socket; amqplib has it, but does not declare it. */
const streamOf = (connection: ChannelModel): Socket | undefined =>
  (connection.connection as unknown as { readonly stream?: Socket }).stream

/** Rejects when `work` has not settled after `limitMs`. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function explain({ code, message }: NodeJS.ErrnoException, { connectTimeoutMs }: ConnectionOptions): string {
  if (code === 'ECONNREFUSED') return 'nobody listens there; start RabbitMQ, or correct --broker'
  if (code === 'ENOTFOUND') return 'no such host; correct --broker'
  if (/ETIMEDOUT|took longer/.test(message)) return `no answer within ${connectTimeoutMs} ms; is this a RabbitMQ?`
  if (/ACCESS.REFUSED/.test(message)) return `${CREDENTIALS_REFUSED}; correct --broker`
  if (/Expected ConnectionOpenOk/.test(message)) return 'it refused the virtual host; correct --broker'
  if (/closed abruptly/.test(message)) return 'it hung up; is this a RabbitMQ?'
  return message
}
