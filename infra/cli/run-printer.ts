/** Run printer: shows a run to people, as if it ran here, or to programs, as JSON Lines. */
import type { StreamName } from '../../actors/frameworks/output-reading.js'
import type { StatusUpdate } from '../../actors/protocol/task.js'
import type { Outlet } from './outlet.js'

export interface RunPrinter {
  say(line: string): void
  launched(taskId: string, agent: string): void
  /** Resolves once written; false when nobody reads that stream any more. */
  output(stream: StreamName, data: Uint8Array): Promise<boolean>
  ended(update: StatusUpdate, exitCode: number): void
}

export function runPrinter(out: Outlet, err: Outlet, isJson: boolean): RunPrinter {
  const say = (line: string) => void err.write(`warren: ${line}\n`)
  return isJson ? { ...jsonPrinter(out), say } : {
    say, launched: () => undefined, ended: () => undefined,
    output: (stream, data) => (stream === 'stdout' ? out : err).write(data),
  }
}

function jsonPrinter(out: Outlet): Omit<RunPrinter, 'say'> {
  const print = (line: object) => out.write(`${JSON.stringify(line)}\n`)
  // A character may be cut in two between pieces.
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  return {
    launched: (taskId, agent) => void print({ event: 'launched', taskId, agent }),
    output: (stream, data) =>
      print({ event: 'output', stream, data: decoders[stream].decode(data, { stream: true }) }),
    ended({ taskId, state, signal, text }, exitCode) {
      const more = { ...(signal ? { signal } : {}), ...(text ? { message: text } : {}) }
      void print({ event: 'ended', taskId, state, exitCode, ...more })
    },
  }
}
