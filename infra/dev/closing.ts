/** Closing: what was opened, closed in reverse, once, however far the opening came. */
export class Closing {
  private readonly steps: (() => void | Promise<void>)[] = []
  private closed: Promise<void> | undefined

  add(step: () => void | Promise<void>): void {
    this.steps.push(step)
  }

  /** Goes on past a step that fails; rejects with the first failure once all have run. */
  close(): Promise<void> {
    this.closed ??= this.run()
    return this.closed
  }

  private async run(): Promise<void> {
    const failures: unknown[] = []
    for (const step of this.steps.reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
