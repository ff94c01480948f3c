/**
 * Broker URLs: where the brokers are, checked once, and never shown with their password.
 */

/** Throws, naming the fix, when one is no AMQP URL. It is not quoted: it may hold a password. */
export function checkBrokerUrls(urls: readonly string[]): void {
  if (urls.length === 0) throw new Error('no broker is named: pass --broker amqp://USER:PASSWORD@HOST:PORT/VHOST')
  for (const url of urls) {
    if (!URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol) || !new URL(url).hostname) {
      throw new Error('the broker is no AMQP URL: write it as amqp://USER:PASSWORD@HOST:PORT/VHOST')
    }
  }
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

/** The same URLs in a random order, so that nodes spread over the brokers. */
export function shuffled(urls: readonly string[]): string[] {
  return urls.map((url) => ({ url, rank: Math.random() })).sort((a, b) => a.rank - b.rank).map(({ url }) => url)
}
