/**
 * Installed server: finds the RabbitMQ of this machine, where packages and people put it.
 *
 * The server's own script is wanted, not the one on a Debian PATH: that one changes the user and uses
 * the system's directories.
 */
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

export interface InstalledServer {
  readonly serverPath: string
  readonly epmdPath: string
}

/** Each may hold `rabbitmq_server-VERSION/sbin`. */
const VERSIONED = ['/usr/lib/rabbitmq/lib', '/usr/local/lib/rabbitmq/lib', '/opt']
const PLAIN = [
  '/opt/rabbitmq/sbin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin',
  '/usr/lib/rabbitmq/bin',
]

export const RABBITMQ_MISSING =
  'no RabbitMQ is installed here: install it (Debian: apt-get install rabbitmq-server), ' +
  'or name a running broker with --broker amqp://HOST'

/** Throws, naming what to install, when there is none. */
export function installedServer(): InstalledServer {
  const searched = (process.env['PATH'] ?? '').split(delimiter)
  const places = [...VERSIONED.flatMap(versions), ...PLAIN, ...searched]
  const serverPath = firstExecutable(places, 'rabbitmq-server')
  const epmdPath = firstExecutable([...searched, '/usr/lib/erlang/bin', '/opt/homebrew/bin'], 'epmd')
  if (!serverPath || !epmdPath) throw new Error(RABBITMQ_MISSING)
  return { serverPath, epmdPath }
}

/** The environment in which the server's script finds Erlang, free of settings for another server. */
export function serverEnvironment({ epmdPath }: InstalledServer): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(RABBITMQ|ERL|EPMD)_/.test(name))
  const environment = Object.fromEntries(inherited) as Record<string, string>
  return { ...environment, PATH: `${dirname(epmdPath)}${delimiter}${environment['PATH'] ?? ''}` }
}

function versions(directory: string): string[] {
  try {
    const found = readdirSync(directory).filter((name) => name.startsWith('rabbitmq_server-'))
    return found.sort().reverse().map((name) => join(directory, name, 'sbin'))
  } catch {
    return []
  }
}

function firstExecutable(directories: readonly string[], name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
