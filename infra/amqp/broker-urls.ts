/**
 * Broker URLs: where the brokers are, checked once, and never shown with their password.
 */
const FORM = 'amqp://USER:PASSWORD@HOST:PORT/VHOST'

/** Why a broker cannot be had that is well, and lets this user not in. */
export const CREDENTIALS_REFUSED = 'it refused the user or password'

/** Throws, naming the fix, when one is no AMQP URL. It is not quoted: it may hold a password. */
export function checkBrokerUrls(urls: readonly string[]): void {
  if (urls.length === 0) throw new Error(`no broker is named: pass --broker ${FORM}`)
  for (const url of urls) {
    if (!URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol) || !new URL(url).hostname) {
      throw new Error(`the broker is no AMQP URL: write it as ${FORM}`)
    }
  }
}

/** The user of all of the URLs; undefined when they name none, or not the same. */
export function userIn(urls: readonly string[]): string | undefined {
  const users = new Set(urls.map((url) => decodeURIComponent(new URL(url).username)))
  const [user] = users
  return users.size === 1 && user !== '' ? user : undefined
}

/** For messages and logs: what identifies the broker, without password and parameters. */
export function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  shown.search = ''
  return shown.href
}

export function withHeartbeat(url: string, heartbeatSeconds: number): string {
  const full = new URL(url)
  if (!full.searchParams.has('heartbeat')) full.searchParams.set('heartbeat', `${heartbeatSeconds}`)
  return full.href
}

/** What is left now, after others; whoever has left all of them may begin again. */
export function leftOf(urls: readonly string[], before: readonly string[], url: string | undefined): string[] {
  const left = before.length + 1 < urls.length ? before : []
  return url === undefined ? [...left] : [...left, url]
}

export interface Preference {
  readonly first?: string | undefined
  readonly last?: readonly string[]
}

/** The same URLs in a random order, so that nodes spread over the brokers, but for those that are preferred or not. */
export function inTurn(urls: readonly string[], { first, last }: Preference): string[] {
  const rank = (url: string): number => (url === first ? -1 : last?.includes(url) ? 1 : Math.random())
  const ranked = urls.map((url) => ({ url, rank: rank(url) }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ url }) => url)
}
