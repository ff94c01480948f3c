/**
 * RabbitMQ: finds the broker's programs on this machine; installs Debian's package where it may.
 *
 * Warren starts private brokers and needs the programs only, so the package's own service is neither
 * started nor left to start at the next boot. Where it may not install, it says what to install.
 */
import { delimiter, join } from 'node:path'
import { say, SetupError, whenStarted } from './clone.mjs'
import { ensureProgram, hasPackages, isProgram, QUIETLY } from './debian-package.mjs'

/** The same places, in the same order, as in `infra/amqp/private-broker.ts`. */
const PLACES = ['/usr/lib/rabbitmq/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter),
  '/opt/homebrew/sbin', '/usr/local/sbin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin']

/** The program `rabbitmq-server`, or nothing if RabbitMQ is not installed. */
export const findRabbitmq = () => PLACES.map((place) => join(place, 'rabbitmq-server')).find(isProgram)

/**
 * A package starts its service unless a file `policy-rc.d` forbids it; ours stays only while we install,
 * and an administrator's is left alone.
 */
const INSTALL = `
${QUIETLY}
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get update -q
apt-get install -q -y --no-install-recommends rabbitmq-server
if command -v systemctl > /dev/null; then systemctl disable rabbitmq-server > /dev/null 2>&1 || true; fi
`

export const ensureRabbitmq = () => ensureProgram({
  name: 'rabbitmq-server',
  find: findRabbitmq,
  missing: 'RabbitMQ is missing. Installing the package rabbitmq-server with apt-get, its service switched off …',
  script: INSTALL,
  advice,
})

function advice() {
  if (process.platform === 'darwin') return 'Install RabbitMQ 3.10 or newer: brew install rabbitmq'
  if (hasPackages()) {
    return 'Install RabbitMQ 3.10 or newer: sudo apt-get install --no-install-recommends rabbitmq-server'
  }
  return 'Install RabbitMQ 3.10 or newer so that rabbitmq-server is on the PATH (Fedora: '
    + 'dnf install rabbitmq-server; Arch: pacman -S rabbitmq; else https://www.rabbitmq.com/docs/download)'
}

await whenStarted(import.meta.url, () => {
  const result = ensureRabbitmq()
  if ('missing' in result) throw new SetupError(result.missing)
  say(`RabbitMQ is installed: ${result.program}`)
})
