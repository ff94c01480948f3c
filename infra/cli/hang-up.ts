/** Hang up: Ctrl-C ends what a command follows, in order, and the command knows afterwards that it was so. */
export class HangUp extends AbortController {
  interrupted = false

  constructor() {
    super()
    process.once('SIGINT', this.interrupt)
  }

  /** From here on Ctrl-C does again what it does by itself. */
  release(): void {
    process.off('SIGINT', this.interrupt)
  }

  private readonly interrupt = (): void => {
    this.interrupted = true
    this.abort()
  }
}
