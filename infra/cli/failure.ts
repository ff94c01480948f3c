/** Failure: what ends a command, with the exit code that scripts can rely on and one line for people. */
export const EXIT = {
  ok: 0, failed: 1, usage: 2, configuration: 3, notFound: 4, timeout: 5, unreachable: 6,
  interrupted: 130, terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** `message` names the input and the fix; it is printed as `warren: message`, without a stack. */
export class Failure extends Error {
  constructor(readonly exitCode: ExitCode, message: string) {
    super(message)
  }
}
