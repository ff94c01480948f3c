/**
 * Debian package: a program that is found on this machine, or is installed where this is a Debian and we may. Where
 * we may not, it is said what to install.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { say } from './clone.mjs'

const LINES_SHOWN_MAX = 8

/** As said in front of what a package's own script does. */
export const QUIETLY = 'set -e\nexport DEBIAN_FRONTEND=noninteractive LC_ALL=C'

/**
 * @typedef {object} Wanted
 * @property {string} name of the package
 * @property {() => string | undefined} find its program, if it is installed
 * @property {string} missing what is said before it is installed
 * @property {string} script installs it, as root
 * @property {() => string} advice what the user can do
 */

/**
 * Its program, installed now if it was missing.
 * @param {Wanted} wanted
 * @returns {{ program: string } | { missing: string }} `missing` says why there is none, and what the user can do
 */
export function ensureProgram(wanted) {
  const program = wanted.find()
  if (program !== undefined) return { program }
  const refused = install(wanted)
  const installed = wanted.find()
  return installed === undefined ? { missing: refused ?? `${wanted.name} was installed, yet not found` }
    : { program: installed }
}

export const hasPackages = () => isProgram('/usr/bin/apt-get')

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * @param {Wanted} wanted
 * @returns {string | undefined} why it was not installed
 */
function install({ name, missing, script, advice }) {
  if (!hasPackages()) return advice()
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const mayBeRoot = asRoot.length === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (!mayBeRoot) return advice()
  say(missing)
  const started = Date.now()
  const [command = '/bin/sh', ...rest] = [...asRoot, '/bin/sh', '-c', script]
  const result = spawnSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status === 0) {
    say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
    return undefined
  }
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return [`apt-get could not install ${name}; it said:`,
    ...lines.slice(-LINES_SHOWN_MAX).map((line) => `  ${line}`), advice()].join('\n')
}
