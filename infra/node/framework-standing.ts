/** Framework standing: whether a framework is subscribed, as it heard last; for whoever asks whether it is ready. */

/** Of what a framework hears. */
interface Heard {
  readonly type: string
  readonly frameworkId?: string
}

export class FrameworkStanding {
  private words = 'not yet subscribed'
  private sinceMs = Date.now()
  isSubscribed = false

  note({ type, frameworkId }: Heard): void {
    if (type === 'subscribed') this.become(true, `subscribed as ${frameworkId}`)
    else if (type === 'disconnected') this.become(false, 'no master leads; waiting for the next')
  }

  check(): { readonly name: string; readonly ok: boolean; readonly detail: string } {
    const since = new Date(this.sinceMs).toISOString()
    return { name: 'framework', ok: this.isSubscribed, detail: `${this.words} since ${since}` }
  }

  private become(isSubscribed: boolean, words: string): void {
    this.isSubscribed = isSubscribed
    this.words = words
    this.sinceMs = Date.now()
  }
}
