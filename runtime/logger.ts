/** Logger: the port through which actors and the kernel speak to the operator. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface Logger {
  log(level: LogLevel, text: string, fields: Readonly<Record<string, unknown>>): void
}

export const silent: Logger = { log: () => undefined }
