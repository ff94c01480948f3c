/**
 * Chromium: finds the browser with which the console is tested; installs Debian's package where it may. Only
 * `npm test` needs it. Where it may not install, it says what to install.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { say, SetupError, whenStarted } from './clone.mjs'

/** The same places, in the same order, as in `test/browser/browser.ts`. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const LINES_SHOWN_MAX = 8

export const findChromium = () => PLACES.find(isProgram)

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
 * Its program, installed now if it was missing and this is a Debian where we may.
 * @returns {{ program: string } | { missing: string }} `missing` says what the user can do
 */
export function ensureChromium() {
  const program = findChromium()
  if (program !== undefined) return { program }
  const refused = install()
  const installed = findChromium()
  return installed === undefined
    ? { missing: refused ?? 'chromium was installed, yet not found' }
    : { program: installed }
}

/** @returns {string | undefined} why it was not installed */
function install() {
  if (!isProgram('/usr/bin/apt-get')) return advice()
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const mayBeRoot = asRoot.length === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (!mayBeRoot) return advice()
  say('Chromium is missing. Installing the package chromium with apt-get, to test the console in …')
  const started = Date.now()
  const [command = '/bin/sh', ...rest] = [...asRoot, '/bin/sh', '-c', INSTALL]
  const result = spawnSync(command, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  if (result.status === 0) {
    say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
    return undefined
  }
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return [
    'apt-get could not install chromium; it said:',
    ...lines.slice(-LINES_SHOWN_MAX).map((line) => `  ${line}`),
    advice(),
  ].join('\n')
}

const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt-get update -q
apt-get install -q -y --no-install-recommends chromium fonts-dejavu-core
`

const advice = () => 'Install Chromium to test the console in: sudo apt-get install --no-install-recommends chromium'

await whenStarted(import.meta.url, () => {
  const result = ensureChromium()
  if ('missing' in result) throw new SetupError(result.missing)
  say(`Chromium is installed: ${result.program}`)
})
