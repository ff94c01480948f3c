/**
 * Run: `warren run`, one command somewhere in the cluster, as if it ran here: its output, its exit code,
 * and Ctrl-C. Imports little, because start-up is most of what a short command costs.
 */
import { run as runFramework } from '../../actors/frameworks/run.js'
import type { RunEvent, RunOrder } from '../../actors/frameworks/run-state.js'
import { openFrameworkNode, type FrameworkNode } from '../node/framework-node.js'
import type { Call, Command } from './command.js'
import { CONNECTION_OPTIONS, connectionOf } from './connection.js'
import { EXIT, Failure } from './failure.js'
import { openOutlet, type Outlet } from './outlet.js'
import { quietLogger } from './quiet-logger.js'
import { codeOf, endingOf, onEndSignals, type Stopped } from './run-ending.js'
import { runPrinter, type RunPrinter } from './run-printer.js'
import { checkCommand, environmentOf, portCount, resourcesOf, taskOptions } from './task-options.js'
import { waitingLine } from './waiting-line.js'

const EXAMPLE = "warren run -- sh -c 'echo hello from $(hostname)'"

export const command: Command = {
  arguments: ['[command...]'],
  options: [
    ...taskOptions(128),
    {
      flags: '--ports <count>', help: 'ports; the task finds them in PORT0, PORT1 …', fallback: '0',
      parse: portCount,
    },
    { flags: '--name <name>', help: 'what lists call it; the command unless given' },
    { flags: '--json', help: 'one JSON object a line: launched, output, ended' },
    ...CONNECTION_OPTIONS,
  ],
  examples: [
    'warren run -- hostname',
    EXAMPLE,
    'warren run --cpus 2 --mem 1024 --timeout 10m -- make -j2',
    'warren run --env GREETING=hello --ports 1 -- sh -c \'echo $GREETING $PORT0\'',
  ],
  notes: `
Exits as the command exits; with 128 and the signal's number when a signal ended it; with 5 when it
ran too long; with 127, as a shell does, when there is no such command or it cannot be run; with 1 when
it was lost or no agent could hold it. Ctrl-C ends the task and waits for its end; a second Ctrl-C does
not wait. While no agent has room it waits, for as long as it takes; that does not count for --timeout.
Give absolute paths: a task runs in a directory of its own.
Standard input is not passed on: the command reads an empty one.`.trim(),
  passThrough: true,
  run,
}

async function run({ arguments: words, options }: Call): Promise<number> {
  checkCommand(words, EXAMPLE)
  const wish = {
    name: String(options['name'] ?? words[0]).slice(0, 255), command: words, resources: resourcesOf(options),
    ports: Number(options['ports']), environment: environmentOf(options),
    ...(options['timeout'] === undefined ? {} : { timeoutMs: Number(options['timeout']) }),
  }
  const { openLink, nameAs, tracing } = await connectionOf(options)
  const [out, err] = [openOutlet(process.stdout), openOutlet(process.stderr)]
  const session = new Session(runPrinter(out, err, options['json'] === true), options)
  const ignore = onEndSignals((signal) => session.stop(signal))
  try {
    const node = await openFrameworkNode({
      name: nameAs('framework') ?? `run-${process.pid}`, openLink, tracing, logger: quietLogger,
      subscribed: (frameworkId) => {
        session.frameworkId = frameworkId
      },
      framework: (system) => runFramework({
        ...wish, user: system.port<RunEvent>('user', (event) => session.hear(event)),
      }),
    })
    return await session.attend(node, [out, err])
  } finally {
    ignore()
  }
}

/** One run, from the side of the person who waits for it. */
class Session {
  frameworkId: string | undefined
  private node: FrameworkNode<RunOrder> | undefined
  private stopped: Stopped | undefined
  private finish: (exitCode: number) => void = () => undefined
  private readonly over = new Promise<number>((resolve) => {
    this.finish = resolve
  })

  constructor(private readonly printer: RunPrinter, private readonly options: Call['options']) {}

  /** The exit code, once all is printed. */
  async attend(node: FrameworkNode<RunOrder>, outlets: readonly Outlet[]): Promise<number> {
    this.node = node
    const refused = node.finished.then(() => this.over, (error: Error) => {
      throw new Failure(EXIT.failed, `the cluster refuses to run it: ${error.message}`)
    })
    const exitCode = await Promise.race([this.over, refused])
    // Its end must be on its way to the master before its node goes.
    await node.finished
    await Promise.all([node.close(), ...outlets.map((outlet) => outlet.flushed())])
    return exitCode
  }

  /** The first time it asks for the task's end, the second time it does not wait for it. */
  stop(signal: Stopped): void {
    // Still connecting: nothing has begun.
    if (!this.node) process.exit(codeOf(signal))
    if (this.stopped === undefined) {
      this.stopped = signal
      return this.node.tell({ type: 'kill' })
    }
    this.node.end()
    this.finish(codeOf(signal))
  }

  hear(event: RunEvent): void {
    const { printer } = this
    switch (event.type) {
      case 'waiting': return printer.say(waitingLine(event.waiting, this.options, this.frameworkId))
      case 'disconnected': return printer.say('no master leads the cluster; waiting for the next')
      case 'launched': return printer.launched(event.taskId, event.hostname)
      case 'output-lost': return printer.say(`the rest of ${event.stream} is lost: ${event.problem}`)
      case 'output': {
        const { stream, data } = event
        void printer.output(stream, data).then((isRead) => this.written(stream, isRead))
        return
      }
      case 'ended': {
        const { exitCode, line } = endingOf(event.update, this.stopped)
        printer.ended(event.update, exitCode)
        if (line !== undefined) printer.say(line)
        return this.finish(exitCode)
      }
      case 'not-begun':
        if (event.problem !== undefined) printer.say(event.problem)
        if (this.stopped) return this.finish(codeOf(this.stopped))
        return this.finish(event.noMaster ? EXIT.unreachable : EXIT.failed)
    }
  }

  private written(stream: 'stdout' | 'stderr', isRead: boolean): void {
    this.node?.tell({ type: isRead ? 'written' : 'closed', stream })
    // As in a shell's pipe: who writes for nobody ends.
    if (!isRead && stream === 'stdout' && this.stopped === undefined) this.stop('SIGPIPE')
  }
}
