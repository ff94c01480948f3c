/**
 * Packages: makes `node_modules` what `package-lock.json` says, and does nothing when it is.
 *
 * A stamp inside `node_modules` remembers which lock file was installed for which Node and machine. A
 * folder that somebody else installed (`npm install`) is compared with npm's own record of it first, so
 * that nothing is installed twice.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeOf, inTurn, root, say, SetupError, textOf, whenStarted } from './clone.mjs'

const LOCK_FILE = join(root, 'package-lock.json')
const MODULES = join(root, 'node_modules')
const STAMP = join(MODULES, '.warren-stamp')
const LINK = join(MODULES, '.bin', 'warren')
const LINES_SHOWN_MAX = 12
/**
 * Not `npm ci`: it refuses a lock file that lacks a platform's optional package, and a registry mirror
 * may not carry them all. This takes the same versions and checksums, and leaves the lock file alone.
 */
const INSTALL = [
  'install', '--no-save', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit',
  '--no-fund', '--no-progress', '--loglevel=error',
]

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[] }} Package */

/** Throws a `SetupError` if npm cannot install. */
export async function ensurePackages() {
  const wanted = fingerprint()
  if (textOf(STAMP) !== wanted) await inTurn(() => bringUp(wanted))
  link()
}

function fingerprint() {
  const lock = createHash('sha256').update(readFileSync(LOCK_FILE)).digest('hex')
  return `${lock} node-${process.versions.modules} ${process.platform}-${process.arch}\n`
}

/** @param {string} wanted */
function bringUp(wanted) {
  if (textOf(STAMP) === wanted) return
  if (!isSameMachine(wanted) || missing().length > 0) install()
  const left = missing()
  if (left.length > 0) throw new SetupError(`npm installed the packages, yet not ${left.join(', ')}`)
  writeFileSync(STAMP, wanted)
}

/** @param {string} wanted */
function isSameMachine(wanted) {
  const [, ...machine] = (textOf(STAMP) ?? wanted).split(' ')
  return wanted.endsWith(machine.join(' '))
}

/** What the lock file asks for on this machine and npm's record of `node_modules` does not have. */
function missing() {
  const installed = packagesIn(join(MODULES, '.package-lock.json'))
  return Object.entries(packagesIn(LOCK_FILE)).filter(([path, wanted]) => {
    const found = installed[path]
    if (path === '' || (!found && wanted.optional && !fitsHere(wanted))) return false
    return found?.version !== wanted.version || found?.integrity !== wanted.integrity
      || !existsSync(join(root, path, 'package.json'))
  }).map(([path]) => path)
}

/** @param {string} path @returns {Record<string, Package>} */
const packagesIn = (path) => JSON.parse(textOf(path) ?? '{}').packages ?? {}

/** @param {Package} wanted */
const fitsHere = ({ os, cpu, libc }) =>
  (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true) && libc === undefined

function install() {
  say('Installing the packages of package-lock.json with npm …')
  const started = Date.now()
  const script = process.env.npm_execpath
  const throughScript = script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script)
  const [command, first] = throughScript ? [process.execPath, [script]] : ['npm', []]
  const result = spawnSync(command, [...first, ...INSTALL], { cwd: root, encoding: 'utf8' })
  if (result.error && codeOf(result.error) === 'ENOENT') {
    throw new SetupError('npm is not on the PATH; it comes with Node, or: apt-get install npm')
  }
  if (result.error) throw new SetupError(`npm did not start: ${result.error.message}`)
  if (result.status !== 0) throw new SetupError(refusal(result))
  say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`)
}

/** @param {{ status: number | null, signal: string | null, stdout: string, stderr: string }} result */
function refusal({ status, signal, stdout, stderr }) {
  const isWord = (/** @type {string} */ line) => !/^(?:npm error)?\s*(?:at .*)?$/.test(line)
  const lines = `${stdout}\n${stderr}`.split('\n').filter(isWord)
  const shown = lines.slice(0, LINES_SHOWN_MAX).map((line) => `  ${line}`)
  return [`npm install failed (${signal ?? `exit code ${status}`}); it said:`, ...shown,
    'Needed: a network that reaches the npm registry (or a warm npm cache), and a writable node_modules.',
    'Mend that and run the same command again.'].join('\n')
}

/**
 * Makes `npx warren` work in the clone. A `bin` entry in package.json would not do: for its own
 * package, npx first installs a copy, dependencies included.
 */
function link() {
  if (lstatSync(LINK, { throwIfNoEntry: false })) return
  mkdirSync(join(MODULES, '.bin'), { recursive: true })
  symlinkSync('../../infra/bin/warren.mjs', LINK)
}

await whenStarted(import.meta.url, ensurePackages)
