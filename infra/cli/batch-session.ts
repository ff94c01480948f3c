/**
 * Batch session: one batch from the side of the person who waits for it. Feeds the framework with inputs,
 * prints what the tasks wrote, shows how far it is, and ends it when asked to.
 */
import { batch } from '../../actors/frameworks/batch.js'
import type { BatchEvent, BatchOptions, BatchOrder } from '../../actors/frameworks/batch-state.js'
import { openFrameworkNode, type FrameworkNode } from '../node/framework-node.js'
import { OrderedOutput, type BatchOutput } from './batch-output.js'
import { BatchReport } from './batch-report.js'
import { FileOutput, jsonOf, jsonSheet, plainSheet } from './batch-sheets.js'
import { reasonOf } from '../disk/reason.js'
import type { Connection } from './connection.js'
import { EXIT, Failure } from './failure.js'
import type { Outlet } from './outlet.js'
import { Progress } from './progress.js'
import { quietLogger } from './quiet-logger.js'
import { codeOf, onEndSignals, type Stopped } from './run-ending.js'
import { waitingLine } from './waiting-line.js'

/** Inputs that the framework may be ahead of the tasks' ends; beyond it no more are read. */
export const INPUTS_AHEAD_MAX = 100_000

export interface BatchView {
  readonly out: Outlet
  readonly err: Outlet
  readonly isJson: boolean
  readonly isQuiet: boolean
  readonly keepsOrder: boolean
  /** Where output goes as files. */
  readonly directory?: string
  /** Of the command, for what it says to do next. */
  readonly options: Readonly<Record<string, unknown>>
}

type Wish = Omit<BatchOptions, 'user' | 'readsOutput'>
type Slabs = AsyncIterable<readonly string[]>

export class BatchSession {
  private readonly progress: Progress
  private readonly report: BatchReport
  private readonly output: BatchOutput
  private node: FrameworkNode<BatchOrder> | undefined
  private frameworkId: string | undefined
  private inputs = 0
  private hasAllInputs = false
  private isStopped = false
  /** All that was given to the output so far. */
  private written: Promise<boolean> = Promise.resolve(true)
  private wake: () => void = () => undefined
  private settle: (end: number | Failure) => void = () => undefined
  private readonly over = new Promise<number>((resolve, reject) => {
    this.settle = (end) => (end instanceof Failure ? reject(end) : resolve(end))
  })

  /** Throws a `Failure` when the directory for output cannot be used. */
  constructor(private readonly wish: Wish, private readonly view: BatchView) {
    const { out, err, isJson, isQuiet, keepsOrder, directory } = view
    this.progress = new Progress(err, !isQuiet)
    this.report = new BatchReport(view, () => this.progress.hide())
    const before = () => {
      if (out.isTerminal) this.progress.hide()
    }
    const report = (line: object) => out.write(`${JSON.stringify(line)}\n`)
    this.output = directory !== undefined
      ? new FileOutput(directory, async (result) => !isJson || report(jsonOf(result)))
      : new OrderedOutput(isJson ? jsonSheet(out, before) : plainSheet(out, err, before), keepsOrder)
  }

  /** The exit code, once all is printed. Nothing is connected to before there is an input. */
  async run(slabs: Slabs, connect: () => Promise<Connection>): Promise<number> {
    const ignore = onEndSignals((signal) => this.stop(signal))
    // Whoever is not waiting for it yet must not be told that nobody is.
    this.over.catch(() => undefined)
    try {
      const iterator = slabs[Symbol.asyncIterator]()
      const first = await iterator.next()
      if (first.done) return this.nothing()
      const { openLink, nameAs, tracing } = await connect()
      this.node = await openFrameworkNode({
        name: nameAs('framework') ?? `batch-${process.pid}`, openLink, tracing, logger: quietLogger,
        subscribed: (frameworkId) => {
          this.frameworkId = frameworkId
        },
        framework: (system) => batch({
          ...this.wish, readsOutput: true, user: system.port<BatchEvent>('user', (event) => this.hear(event)),
        }),
      })
      this.node.finished.catch((error: Error) => {
        this.settle(new Failure(EXIT.failed, `the cluster refuses the batch: ${error.message}`))
      })
      void this.feed(first.value, iterator).catch((error) => this.fail(error))
      return await this.over
    } finally {
      ignore()
      this.progress.close()
      // The framework's end must be on its way before its node goes.
      await this.node?.finished.catch(() => undefined)
      await Promise.all([this.node?.close(), this.output.close()])
      await Promise.all([this.view.out.flushed(), this.view.err.flushed()])
    }
  }

  private nothing(): number {
    if (!this.view.isQuiet) void this.view.err.write('warren: nothing to do: there is no input\n')
    return EXIT.ok
  }

  private async feed(first: readonly string[], rest: AsyncIterator<readonly string[]>): Promise<void> {
    for (let slab: readonly string[] | undefined = first; slab && !this.isStopped;) {
      this.inputs += slab.length
      this.node?.tell({ type: 'inputs', inputs: slab, isLast: false })
      while (this.inputs - this.report.done > INPUTS_AHEAD_MAX && !this.isStopped) {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
      }
      const next: IteratorResult<readonly string[]> = await rest.next()
      slab = next.done ? undefined : next.value
    }
    this.hasAllInputs = true
    this.node?.tell({ type: 'inputs', inputs: [], isLast: true })
  }

  private hear(event: BatchEvent): void {
    const { report, output } = this
    switch (event.type) {
      case 'waiting': return report.say(waitingLine(event.waiting, this.view.options, this.frameworkId))
      case 'disconnected': return report.say('no master leads the cluster; waiting for the next')
      case 'running': return this.show(event.tasks)
      case 'output': {
        const { taskId, stream } = event
        return this.follow(output.piece(event), () => this.node?.tell({ type: 'written', taskId, stream }))
      }
      case 'ended':
        report.add(event.result)
        this.wake()
        this.show()
        return this.follow(output.ended(event.result))
      case 'finished': {
        const { totals } = event
        return this.follow(this.written, () => this.settle(report.finish(totals)))
      }
      case 'given-up':
        return this.settle(new Failure(event.noMaster ? EXIT.unreachable : EXIT.failed, event.problem))
    }
  }

  /** Goes on once something is written; when nobody reads any more, the batch ends like a pipe's writer. */
  private follow(writing: Promise<boolean>, next: () => void = () => undefined): void {
    this.written = Promise.all([this.written, writing]).then(([, isRead]) => isRead)
    writing.then((isRead) => (isRead ? next() : this.stop('SIGPIPE')), (error) => this.fail(error))
    this.written.catch(() => undefined)
  }

  /** Ends the batch and all its tasks. */
  private stop(signal: Stopped): void {
    // Nothing has begun.
    if (!this.node) process.exit(codeOf(signal))
    this.isStopped = true
    this.node.end()
    if (signal !== 'SIGPIPE') this.report.interrupted(this.inputs)
    this.settle(codeOf(signal))
  }

  private fail(error: unknown): void {
    this.isStopped = true
    this.node?.end()
    const failure = new Failure(EXIT.failed, `the batch cannot go on: ${reasonOf(error)}`)
    this.settle(error instanceof Failure ? error : failure)
  }

  private show(running = this.report.running): void {
    this.report.running = running
    const { ok, failed } = this.report
    this.progress.update({ ok, failed, running, total: this.hasAllInputs ? this.inputs : undefined })
  }
}
