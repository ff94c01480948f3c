/**
 * Ask leading: a request reaches whoever leads, also when the page has not noticed yet that its own master leads no
 * more. That one does nothing and sends on, where a browser lets no page follow; so who leads is sought, and asked.
 * Only what was sent on is asked again: what failed may have been done.
 */

/** A change of leaders takes a second, or up to 15 if the broker fails too. */
export const SEEK_MAX_MS = 20_000
/** More changes than this, one after the other, are no change but a fault. */
const SENT_ON_MAX = 3

/** Of what `fetch` answers with `redirect: 'manual'`, what matters here. */
interface Answer {
  readonly type: string
}

/**
 * Rejects when nobody is found to lead, or as `send` does.
 * @param send asks the one that is known to lead, and follows nowhere
 * @param seek resolves once somebody is known to lead
 */
export async function askLeading<A extends Answer>(
  send: () => Promise<A>, seek: () => Promise<void>, seekMaxMs = SEEK_MAX_MS,
): Promise<A> {
  for (let sentOn = 0; ; sentOn++) {
    const answer = await send()
    if (answer.type !== 'opaqueredirect') return answer
    if (sentOn === SENT_ON_MAX) throw new Error('the masters do not agree who leads; ask again in a moment')
    await within(seek(), seekMaxMs)
  }
}

async function within(found: Promise<void>, maxMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no master leads; ask again in a moment')), maxMs)
  })
  await Promise.race([found, over]).finally(() => clearTimeout(timer))
}
