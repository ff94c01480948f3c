/** Command: one verb of the command line. Its module is loaded only when it is called for. */

export interface Option {
  /** As commander reads it: `--cpus <number>`, `--json`, `--env <name=value...>`. */
  readonly flags: string
  readonly help: string
  readonly fallback?: string
  /** Turns the text into a value; throws a `Failure` naming the input and the fix. */
  readonly parse?: (text: string) => unknown
  /** Not read from the environment, where its variable means something else. */
  readonly isFlagOnly?: boolean
}

export interface Command {
  /** As commander reads it: `<id>`, `[file]`, `[command...]`. */
  readonly arguments?: readonly string[]
  readonly options: readonly Option[]
  /** Whole command lines, the most usual first. */
  readonly examples: readonly string[]
  /** What more there is to know; shown below the options. */
  readonly notes?: string
  /** Everything after the first argument belongs to the command that is run, flags included. */
  readonly passThrough?: boolean
  /** Answers the exit code; throws a `Failure` for what went wrong on the user's side. */
  run(call: Call): Promise<number>
}

export interface Call {
  readonly arguments: readonly string[]
  /** By the option's long name in camel case; a flag is `true`. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface Entry {
  /** One word or two: `run`, `task list`. */
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<{ readonly command: Command }>
}
