/**
 * RabbitMQ: finds the broker's programs on this machine; installs Debian's package where it may.
 *
 * Warren starts private brokers and needs the programs only, so the package's own service is neither
 * started nor left to start at the next boot. Where it may not install, it says what to install.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say, SetupError, whenStarted } from './clone.mjs'

/** The same places, in the same order, as in `infra/amqp/private-broker.ts`. */
const PLACES = ['/usr/lib/rabbitmq/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter),
  '/opt/homebrew/sbin', '/usr/local/sbin', '/opt/homebrew/opt/rabbitmq/sbin', '/usr/local/opt/rabbitmq/sbin']
const LINES_SHOWN_MAX = 8

/** The program `rabbitmq-server`, or nothing if RabbitMQ is not installed. */
export const findRabbitmq = () => PLACES.map((place) => join(place, 'rabbitmq-server')).find(isProgram)

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Its program, installed now if it was missing and this is a Debian or Ubuntu where we may.
 * @returns {{ program: string } | { missing: string }} `missing` says what the user can do
 */
export function ensureRabbitmq() {
  const program = findRabbitmq()
  if (program !== undefined) return { program }
  const refused = install()
  const installed = findRabbitmq()
  return installed === undefined ? { missing: refused ?? 'rabbitmq-server was installed, yet not found' }
    : { program: installed }
}

/** @returns {string | undefined} why it was not installed */
function install() {
  if (!isProgram('/usr/bin/apt-get')) return advice()
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const mayBeRoot = asRoot.length === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (!mayBeRoot) return advice()
  say('RabbitMQ is missing. Installing the package rabbitmq-server with apt-get, its service switched off …')
  const started = Date.now()
  const [command = '/bin/sh', ...rest] = [...asRoot, '/bin/sh', '-c', INSTALL]
  const result = spawnSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status === 0) {
    say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
    return undefined
  }
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return ['apt-get could not install rabbitmq-server; it said:',
    ...lines.slice(-LINES_SHOWN_MAX).map((line) => `  ${line}`), advice()].join('\n')
}

/**
 * A package starts its service unless a file `policy-rc.d` forbids it; ours stays only while we install,
 * and an administrator's is left alone.
 */
const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
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

function advice() {
  if (process.platform === 'darwin') return 'Install RabbitMQ 3.10 or newer: brew install rabbitmq'
  if (isProgram('/usr/bin/apt-get')) {
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
